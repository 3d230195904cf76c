"""What every `LearnerMemory` has to do, whatever it is stored in.

A store passes by subclassing `LearnerMemoryConformance` in a test module and giving the fixture `reopen`: a
callable that opens one and the same storage, empty at first, as often as it is called.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gradatim.errors import InputError
from gradatim.memory import LearnerFeatures, LearnerMemory
from tests.memory.material import event, recollection
from tests.memory.storage.conformance import EventLogConformance

Reopen = Callable[[], LearnerMemory]


class LearnerMemoryConformance(EventLogConformance):
    @pytest.fixture
    async def log(self, memory: LearnerMemory) -> LearnerMemory:
        """The events of a memory are a log."""
        return memory

    @pytest.fixture
    async def memory(self, reopen: Reopen) -> AsyncIterator[LearnerMemory]:
        async with reopen() as memory:
            yield memory

    async def test_recollections_and_events_of_a_learner_go_together(self, reopen: Reopen) -> None:
        async with reopen() as memory:
            for learner in ("anna", "ben"):
                await memory.record(event(1, ("loops", True), id=learner, learner_id=learner))
                await memory.remember([recollection("r", "off by one", learner_id=learner)])
        async with reopen() as memory:
            assert [item.id for item in await memory.recall("anna", "off by one")] == ["r"]
            assert await memory.forget("anna") == 1
        async with reopen() as memory:
            assert await memory.recall("anna", "off by one") == []
            assert [item.learner_id for item in await memory.recall("ben", "off by one")] == ["ben"]
            assert await memory.traces([b"anna", b"off by two"]) == []
            assert await memory.traces([b"ben"]) != []

    async def test_unusable_arguments_of_recall_are_refused(self, memory: LearnerMemory) -> None:
        for bad in ("", "  ", "x" * 201, "a\nb", "a\x00", "a\u2028b"):
            for refused in (
                memory.recall(bad, "text"),
                memory.remember([recollection("r", "text", learner_id=bad)]),
                memory.remember([recollection(bad, "text")]),
            ):
                with pytest.raises(InputError):
                    await refused
        with pytest.raises(InputError, match="limit"):
            await memory.recall("anna", "text", limit=0)
        assert await memory.recall("nobody", "anything") == []

    @pytest.mark.parametrize("name", ["a", "x" * 200, "Zoë O'Neil; DROP TABLE events", "学生 7", "%_*", " a "])
    async def test_any_visible_text_names_whose_recollections(self, memory: LearnerMemory, name: str) -> None:
        await memory.remember([recollection("r", "off by one", learner_id=name)])
        assert [item.learner_id for item in await memory.recall(name, "off by one")] == [name]
        await memory.forget(name)
        assert await memory.recall(name, "off by one") == []

    # Recall

    async def test_most_similar_first_with_exact_cosine(self, memory: LearnerMemory) -> None:
        await memory.remember(
            [
                recollection("other", "missing return statement"),
                recollection("same", "loop ends one too early"),
                recollection("near", "loop ends one too late"),
            ]
        )
        found = await memory.recall("anna", "loop ends one too early")
        assert [item.id for item in found][:2] == ["same", "near"]
        assert found[0].similarity == pytest.approx(1.0, abs=1e-9)
        values = [item.similarity for item in found]
        assert all(value is not None and -1 <= value <= 1 for value in values)
        assert [item.id for item in await memory.recall("anna", "loop ends one too early", limit=1)] == ["same"]
        assert await memory.recall("anna", " \n") == []

    async def test_recollection_comes_back_as_it_was(self, memory: LearnerMemory) -> None:
        item = recollection(
            "r/1 ü",
            "Text\nüber 循环",
            kind="feedback",
            task_id="t1",
            concepts=("a", "b c"),
            misconceptions=("m",),
        )
        await memory.remember([item])
        (found,) = await memory.recall("anna", item.text)
        assert found.model_copy(update={"similarity": None}) == item

    async def test_remembering_again_replaces(self, memory: LearnerMemory) -> None:
        await memory.remember([recollection("r", "first text", concepts=("a",), task_id="t1")])
        await memory.remember([recollection("r", "in between"), recollection("r", "second text")])
        (found,) = await memory.recall("anna", "second text")
        assert (found.text, found.concepts, found.task_id) == ("second text", (), None)
        assert await memory.recall("anna", "second text", concepts=["a"]) == []

    async def test_only_what_is_recent(self, memory: LearnerMemory) -> None:
        await memory.remember(
            [
                recollection("old", "loop text", at="2026-03-01T09:00:00+02:00"),
                recollection("new", "loop text", at="2026-03-01T08:00:00Z"),
            ]
        )
        found = await memory.recall("anna", "loop text", since="2026-03-01T07:30:00Z")
        assert [item.id for item in found] == ["new"]

    async def test_learners_are_found_by_their_features(self, memory: LearnerMemory) -> None:
        at = "2026-03-01T00:00:00Z"
        await memory.remember_features(
            [
                LearnerFeatures("anna", (1.0, 0.1, 0.0), at),
                LearnerFeatures("ben", (0.9, 0.2, 0.0), at),
                LearnerFeatures("cleo", (-1.0, 0.0, 0.3), at),
            ]
        )
        found = await memory.similar_learners((1.0, 0.1, 0.0), without=["anna"])
        assert [item.learner_id for item in found] == ["ben", "cleo"]
        assert found[0].similarity > 0.9 > found[1].similarity
        await memory.forget("ben")
        assert [item.learner_id for item in await memory.similar_learners((1.0, 0.1, 0.0))] == ["anna", "cleo"]

    async def test_filters(self, memory: LearnerMemory) -> None:
        await memory.remember(
            [
                recollection("e1", "loop text", concepts=("loops", "lists")),
                recollection("e2", "loop text", concepts=("strings",)),
                recollection("f1", "loop text", concepts=("loops",), kind="feedback"),
                recollection("f2", "loop text", kind="feedback"),
            ]
        )

        async def found(**filters: Any) -> list[str]:
            return [item.id for item in await memory.recall("anna", "loop text", **filters)]

        assert await found() == ["e1", "e2", "f1", "f2"]
        assert await found(concepts=["lists", "strings"]) == ["e1", "e2"]
        assert await found(concepts=["loops"], kinds=["feedback"]) == ["f1"]
        assert await found(kinds=["error", "feedback"], limit=3) == ["e1", "e2", "f1"]
        assert await found(concepts=["loop"]) == []

    async def test_nobody_recalls_what_is_somebody_elses(self, memory: LearnerMemory) -> None:
        learners = [f"learner {number}" for number in range(20)]
        await memory.remember([recollection("same id", f"off by one {name}", learner_id=name) for name in learners])
        for name in learners:
            found = await memory.recall(name, "off by one", limit=50)
            assert [(item.learner_id, item.text) for item in found] == [(name, f"off by one {name}")]

    async def test_remember_nothing_and_refuse_blank(self, memory: LearnerMemory) -> None:
        await memory.remember([])
        with pytest.raises(InputError, match="blank"):
            await memory.remember([recollection("r", "  ")])

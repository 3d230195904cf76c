"""What every `LearnerMemory` has to do, whatever it is stored in.

A store passes by subclassing `LearnerMemoryConformance` in a test module and giving the fixture `reopen`: a
callable that opens one and the same storage, empty at first, as often as it is called.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from gradatim.domain import LearnerState
from gradatim.errors import InputError, StorageError
from gradatim.memory import BKTParameters, LearnerMemory
from gradatim.memory.tracing import update
from tests.memory.material import event, recollection

Reopen = Callable[[], LearnerMemory]


def beliefs(state: LearnerState) -> dict[str, float]:
    return {item.concept: item.probability for item in state.mastery}


class LearnerMemoryConformance:
    @pytest.fixture
    async def memory(self, reopen: Reopen) -> AsyncIterator[LearnerMemory]:
        async with reopen() as memory:
            yield memory

    # Appending

    async def test_append_counts_what_is_new(self, memory: LearnerMemory) -> None:
        assert await memory.append([event(1), event(2), event(1)]) == 2
        assert await memory.append([event(2), event(3)]) == 1
        assert [stored.id for stored in await memory.events("anna")] == ["e0003", "e0002", "e0001"]

    async def test_append_of_nothing(self, memory: LearnerMemory) -> None:
        assert await memory.append([]) == 0
        assert await memory.learners() == []

    async def test_events_come_back_as_they_were(self, memory: LearnerMemory) -> None:
        first = event(
            1,
            ("loops", True),
            ("Schleifen – 循环", False),
            task_id="t 1",
            payload={
                "code": 'print("ä")\n\x00',
                "n": [1, 2.5, None, True, {"x": 10**25}],
                "z": "last",
                "a": {},
            },
        )
        await memory.append([first])
        assert await memory.events("anna") == (first,)

    async def test_same_id_with_other_content_is_refused(self, memory: LearnerMemory) -> None:
        await memory.append([event(1, payload={"a": 1, "b": 2})])
        assert await memory.append([event(1, payload={"b": 2, "a": 1})]) == 0
        for other in (
            event(1, payload={"a": 1, "b": 3}),
            event(1, learner_id="ben"),
            event(1, ("loops", True)),
        ):
            with pytest.raises(StorageError, match="e0001"):
                await memory.append([event(7), other])
            with pytest.raises(StorageError, match="e0001"):
                await memory.record(other)
        assert [stored.id for stored in await memory.events("anna")] == ["e0001"]  # e0007 went with the batch
        assert (await memory.state("anna")).events == 1

    async def test_same_id_with_other_content_within_one_batch(self, memory: LearnerMemory) -> None:
        with pytest.raises(StorageError, match="e0001"):
            await memory.append([event(1), event(1, payload={"a": 1})])
        assert await memory.events("anna") == ()

    @pytest.mark.parametrize(
        "bad",
        ["", "  ", "x" * 201, "a\nb", "a\x00", "tab\t", "\x7f", "a\u2028b"],
        ids=["empty", "blank", "long", "newline", "nul", "tab", "delete", "line separator"],
    )
    async def test_unusable_ids_are_refused(self, memory: LearnerMemory, bad: str) -> None:
        for refused in (
            memory.append([event(1), event(2, learner_id=bad)]),
            memory.record(event(1, id=bad)),
            memory.record(event(1, (bad, True))),
            memory.record(event(1, task_id=bad)),
            memory.state(bad),
            memory.events(bad),
            memory.forget(bad),
            memory.recall(bad, "text"),
            memory.remember([recollection("r", "text", learner_id=bad)]),
            memory.remember([recollection(bad, "text")]),
        ):
            with pytest.raises(InputError):
                await refused
        assert await memory.learners() == []

    @pytest.mark.parametrize("name", ["a", "x" * 200, "Zoë O'Neil; DROP TABLE events", "学生 7", "%_*", " a "])
    async def test_any_visible_text_is_a_learner_id(self, memory: LearnerMemory, name: str) -> None:
        await memory.record(event(1, ("loops", True), learner_id=name))
        await memory.remember([recollection("r", "off by one", learner_id=name)])
        assert (await memory.state(name)).events == 1
        assert [item.learner_id for item in await memory.recall(name, "off by one")] == [name]
        assert [summary.learner_id for summary in await memory.learners()] == [name]
        assert await memory.forget(name) == 1
        assert await memory.recall(name, "off by one") == []

    @pytest.mark.parametrize("bad", ["yesterday", "", "2026-13-01", "12:00"])
    async def test_unusable_instants_are_refused(self, memory: LearnerMemory, bad: str) -> None:
        with pytest.raises(InputError, match="e0001"):
            await memory.record(event(1, at=bad))

    async def test_payload_that_is_no_json_is_refused(self, memory: LearnerMemory) -> None:
        with pytest.raises(InputError, match="e0001"):
            await memory.record(event(1, payload={"a": float("nan")}))

    # Mastery

    async def test_record_tells_the_change(self, memory: LearnerMemory) -> None:
        parameters = BKTParameters()
        once = update(parameters.prior, True, parameters)
        (change,) = await memory.record(event(1, ("loops", True)))
        assert (change.concept, change.before, change.after) == ("loops", parameters.prior, once)
        other, again = await memory.record(event(2, ("lists", False), ("loops", True), ("loops", False)))
        assert (other.concept, other.before) == ("lists", parameters.prior)
        assert again.before == once
        assert again.after == update(update(once, True, parameters), False, parameters)
        mastery = (await memory.state("anna")).of("loops")
        assert mastery is not None
        assert (mastery.probability, mastery.observations, mastery.updated_at) == (
            again.after,
            3,
            event(2).at,
        )

    async def test_record_again_gives_the_same_changes(self, memory: LearnerMemory, reopen: Reopen) -> None:
        first = await memory.record(event(1, ("loops", True)))
        await memory.record(event(2, ("loops", False)))
        before = await memory.state("anna")
        assert await memory.record(event(1, ("loops", True))) == first
        async with reopen() as later:
            assert await later.record(event(1, ("loops", True))) == first
            assert beliefs(await later.state("anna")) == beliefs(before)
            assert (await later.state("anna")).events == 2

    async def test_record_after_append_gives_what_it_changed_then(self, memory: LearnerMemory) -> None:
        await memory.append([event(1, ("loops", True)), event(2, ("loops", True))])
        (change,) = await memory.record(event(2, ("loops", True)))
        parameters = BKTParameters()
        assert change.before == update(parameters.prior, True, parameters)

    async def test_event_without_observations_changes_nothing(self, memory: LearnerMemory) -> None:
        assert await memory.record(event(1)) == ()
        state = await memory.state("anna")
        assert (state.events, state.mastery, state.breadth, state.depth) == (1, (), None, None)

    async def test_self_assessment_is_no_evidence(self, memory: LearnerMemory) -> None:
        assert await memory.record(event(1, ("loops", True), kind="self_assessment")) == ()
        assert (await memory.state("anna")).mastery == ()

    async def test_unknown_learner_has_an_empty_state(self, memory: LearnerMemory) -> None:
        state = await memory.state("nobody")
        assert (state.events, state.mastery, state.breadth, state.depth) == (0, (), None, None)
        assert state.profile
        assert set(state.profile.values()) == {None}
        assert await memory.events("nobody") == ()
        assert await memory.recall("nobody", "anything") == []

    async def test_least_mastered_first(self, memory: LearnerMemory) -> None:
        await memory.record(event(1, ("b", True), ("a", False), ("c", False)))
        await memory.record(event(2, ("b", True), ("c", False), ("b", True)))
        state = await memory.state("anna")
        values = [item.probability for item in state.mastery]
        assert values == sorted(values)
        assert [item.concept for item in state.mastery][-1] == "b"
        assert state.depth == pytest.approx(sum(values) / 3)
        assert state.breadth == pytest.approx(1 / 3)

    async def test_learners_are_apart(self, memory: LearnerMemory) -> None:
        await memory.record(event(1, ("loops", True)))
        await memory.record(event(2, ("loops", False), learner_id="ben"))
        anna, ben = await memory.state("anna"), await memory.state("ben")
        assert beliefs(anna)["loops"] > BKTParameters().prior > beliefs(ben)["loops"]
        assert await memory.learners() == [("anna", 1, event(1).at), ("ben", 1, event(2).at)]

    @pytest.mark.parametrize("seed", range(4))
    async def test_order_of_arrival_does_not_matter(self, reopen: Reopen, seed: int) -> None:
        chance = random.Random(seed)
        kinds = ("assessment", "submission", "self_assessment", "review", "interaction")
        events = [
            event(
                number // 2,  # two events at each instant: their ids decide
                *((chance.choice("abc"), chance.random() < 0.6) for _ in range(chance.randrange(4))),
                id=f"id-{chance.randrange(10**9)}",
                kind=chance.choice(kinds),
                task_id=chance.choice(["t1", "t2", None]),
                payload=chance.choice([{}, {"passed": True}, {"action": "hint"}]),
            )
            for number in range(40)
        ]
        shuffled = chance.sample(events, len(events))
        async with reopen() as memory:
            await memory.append(sorted(events, key=lambda item: (item.at, item.id)))
            expected = await memory.state("anna")
            await memory.forget("anna")
            for item in shuffled[:20]:
                await memory.record(item)
            await memory.append(shuffled[10:])
            found = await memory.state("anna")
            newest_first = await memory.events("anna")
        assert found.mastery == expected.mastery
        ageing = {"recency_days"}
        assert {name: value for name, value in found.profile.items() if name not in ageing} == pytest.approx(
            {name: value for name, value in expected.profile.items() if name not in ageing}, nan_ok=True
        )
        assert found.events == len(events)
        assert [item.id for item in newest_first] == [
            item.id for item in sorted(events, key=lambda item: (item.at, item.id), reverse=True)
        ]

    async def test_late_event_tells_the_change_to_the_present(self, memory: LearnerMemory) -> None:
        await memory.record(event(1, ("loops", False)))
        (now,) = await memory.record(event(3, ("loops", True)))
        (late,) = await memory.record(event(2, ("loops", True)))
        parameters = BKTParameters()
        expected = parameters.prior
        for correct in (False, True, True):
            expected = update(expected, correct, parameters)
        assert (late.before, late.after) == (now.after, expected)
        assert await memory.record(event(2, ("loops", True))) == (late,)

    async def test_instants_of_all_spellings_are_on_one_time_line(self, memory: LearnerMemory) -> None:
        await memory.append(
            [
                event(1, id="c", at="2026-03-01T12:00:00.5+02:00"),
                event(1, id="b", at="2026-03-01T10:00:00Z"),
                event(1, id="a", at="2026-03-01T10:00:01"),
                event(1, id="d", at="2026-03-01"),
            ]
        )
        assert [item.id for item in await memory.events("anna")] == ["a", "c", "b", "d"]
        assert (await memory.learners())[0].last_at == "2026-03-01T10:00:01"

    # Reading

    async def test_events_by_kind_and_limit(self, memory: LearnerMemory) -> None:
        await memory.append([event(number, kind="review" if number % 2 else "assessment") for number in range(9)])
        reviews = await memory.events("anna", limit=2, kind="review")
        assert [item.id for item in reviews] == ["e0007", "e0005"]
        with pytest.raises(InputError, match="limit"):
            await memory.events("anna", limit=0)
        with pytest.raises(InputError, match="limit"):
            await memory.recall("anna", "text", limit=0)

    async def test_everything_is_there_after_reopening(self, reopen: Reopen) -> None:
        async with reopen() as memory:
            await memory.record(event(1, ("loops", True)))
            await memory.remember([recollection("r", "off by one in range")])
            before = await memory.state("anna")
        async with reopen() as memory:
            assert (await memory.state("anna")).mastery == before.mastery
            assert [item.id for item in await memory.recall("anna", "off by one in range")] == ["r"]

    async def test_many_at_once(self, memory: LearnerMemory) -> None:
        await asyncio.gather(*(memory.record(event(number, ("loops", True))) for number in range(30)))
        state = await memory.state("anna")
        assert state.events == 30
        assert state.mastery[0].observations == 30

    async def test_closed_memory_says_so(self, reopen: Reopen) -> None:
        memory = reopen()
        async with memory:
            await memory.record(event(1))
        await memory.aclose()
        with pytest.raises(StorageError, match="closed"):
            await memory.state("anna")

    # Forgetting

    async def test_forget_leaves_nothing_and_nobody_else_touched(self, reopen: Reopen) -> None:
        async with reopen() as memory:
            for learner in ("anna", "ben"):
                await memory.append(
                    [event(number, ("loops", True), id=f"{learner}{number}", learner_id=learner) for number in (1, 2)]
                )
                await memory.remember([recollection("r", "off by one", learner_id=learner)])
            ben = await memory.state("ben")
            assert await memory.forget("anna") == 2
            assert await memory.forget("anna") == 0
        async with reopen() as memory:
            assert await memory.events("anna") == ()
            assert (await memory.state("anna")).mastery == ()
            assert await memory.recall("anna", "off by one") == []
            assert [summary.learner_id for summary in await memory.learners()] == ["ben"]
            assert (await memory.state("ben")).mastery == ben.mastery
            assert [item.learner_id for item in await memory.recall("ben", "off by one")] == ["ben"]
            assert await memory.append([event(1, id="anna1")]) == 1  # a forgotten id is free again

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

"""What every recall must do, wherever its vectors lie."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from gradatim.errors import InputError, StorageError
from gradatim.memory.recall import LearnerFeatures
from gradatim.memory.recall.protocol import Recall
from tests.memory.material import HashingEmbedder, recollection

Reopen = Callable[[], Recall]
WORDS = (
    "loop",
    "list",
    "index",
    "range",
    "return",
    "value",
    "error",
    "name",
    "string",
    "integer",
    "recursion",
    "base",
    "case",
    "missing",
)


class Reversing:
    """A cipher that hides nothing from a cryptographer, and everything from a search for the text."""

    def seal(self, plain: bytes, context: str) -> bytes:
        return b"\x01" + bytes(255 - byte for byte in context.encode() + b"\n" + plain)

    def open(self, sealed: bytes, context: str) -> bytes:
        head, _, plain = bytes(255 - byte for byte in sealed[1:]).partition(b"\n")
        if head.decode() != context:
            raise StorageError("sealed for another place", place=context)
        return plain


def features(learner: str, *values: float, space: str = "state") -> LearnerFeatures:
    return LearnerFeatures(learner, values, "2026-03-01T00:00:00Z", space)


class RecallConformance:
    """Subclasses give the fixture `reopen`: a function that opens the same place once more."""

    @pytest.fixture
    async def recall(self, reopen: Reopen) -> AsyncIterator[Recall]:
        recall = reopen()
        yield recall
        await recall.aclose()

    async def test_finds_the_nearest_with_everything_it_had(self, recall: Recall) -> None:
        item = recollection(
            "r1",
            "the loop stops too early",
            kind="feedback",
            task_id="t1",
            concepts=("loops", "Schleifen „außen“"),
            misconceptions=("off-by-one",),
            at="2026-03-01T02:00:00.000001+01:00",
        )
        await recall.remember([item, recollection("r2", "a name is missing")])
        found = await recall.recall("anna", "the loop stops too early")
        assert [entry.id for entry in found] == ["r1", "r2"]
        assert found[0].model_copy(update={"similarity": None}) == item
        assert found[0].similarity == pytest.approx(1.0, abs=1e-6)
        assert await recall.recall("anna", "  ") == []

    async def test_filters(self, recall: Recall) -> None:
        await recall.remember(
            [
                recollection("a", "text", concepts=("loops", "range"), at="2026-03-01T00:00:00Z"),
                recollection("b", "text", kind="feedback", concepts=("range",), at="2026-03-02T00:00:00Z"),
                recollection("c", "text", concepts=("names",), at="2026-03-03T00:00:00Z"),
                recollection("d", "text", learner_id="ben", concepts=("loops",)),
            ]
        )

        async def ids(**conditions: object) -> set[str]:
            return {item.id for item in await recall.recall("anna", "text", **conditions)}  # type: ignore[arg-type]

        assert await ids() == {"a", "b", "c"}
        assert await ids(concepts=["loops"]) == {"a"}
        assert await ids(concepts=["range", "names"]) == {"a", "b", "c"}
        assert await ids(concepts=["unheard of"]) == set()
        assert await ids(kinds=["feedback"]) == {"b"}
        assert await ids(kinds=["feedback", "error"], concepts=("range",)) == {"a", "b"}
        assert await ids(since="2026-03-02T00:00:00Z") == {"b", "c"}
        assert await ids(since="2026-03-02T01:00:00+01:00") == {"b", "c"}
        assert await ids(since="2026-03-02T00:00:00.000001Z") == {"c"}
        assert await ids(since="2026-03-02T00:00:00Z", kinds=["error"]) == {"c"}
        assert len(await ids(limit=2)) == 2

    async def test_equally_similar_items_come_in_the_order_of_their_ids(self, recall: Recall) -> None:
        await recall.remember([recollection(name, "the same text") for name in ("c", "a", "d", "b")])
        assert [item.id for item in await recall.recall("anna", "the same text")] == ["a", "b", "c", "d"]
        assert [item.id for item in await recall.recall("anna", "the same text", limit=2)] == ["a", "b"]
        await recall.remember_features([features(name, 1.0, 2.0) for name in ("zoe", "ada", "kim")])
        assert [item.learner_id for item in await recall.similar_learners((1.0, 2.0), limit=2)] == ["ada", "kim"]

    async def test_the_same_learner_and_id_replaces(self, recall: Recall) -> None:
        await recall.remember([recollection("r", "first", concepts=("loops",), task_id="t")])
        await recall.remember([recollection("r", "second", concepts=("names",))])
        await recall.remember([recollection("r", "another learner's", learner_id="ben")])
        (found,) = await recall.recall("anna", "second")
        assert (found.text, found.concepts, found.task_id) == ("second", ("names",), None)
        assert await recall.recall("anna", "second", concepts=["loops"]) == []

    async def test_the_true_neighbours_among_thousands(self, recall: Recall) -> None:
        chance = random.Random(5)
        texts = [" ".join(chance.choices(WORDS, k=9)) + f" n{number}" for number in range(1000)]
        await recall.remember([recollection(f"{number}", text) for number, text in enumerate(texts)])
        embedder = HashingEmbedder()
        vectors = embedder.embed(texts)
        hits = 0
        for _ in range(10):
            query = " ".join(chance.choices(WORDS, k=5))
            (wanted,) = embedder.embed([query])
            exact = sorted(
                (sum(a * b for a, b in zip(wanted, vector, strict=True)) for vector in vectors), reverse=True
            )
            found = [item.similarity for item in await recall.recall("anna", query, limit=5)]
            hits += sum(a == pytest.approx(b, abs=1e-6) for a, b in zip(found, exact, strict=False))
        assert hits >= 49  # of 50

    async def test_a_narrow_filter_misses_nothing(self, recall: Recall) -> None:
        chance = random.Random(6)
        await recall.remember(
            [
                recollection(f"{n}", " ".join(chance.choices(WORDS, k=6)), concepts=("rare",) if n % 300 == 0 else ())
                for n in range(1500)
            ]
        )
        found = await recall.recall("anna", "recursion", concepts=["rare"], limit=99)
        assert {item.id for item in found} == {"0", "300", "600", "900", "1200"}

    async def test_similar_learners(self, recall: Recall) -> None:
        await recall.remember_features(
            [
                features("anna", 1.0, 0.0, 0.2),
                features("ben", 1.0, 0.1, 0.2),
                features("cleo", -1.0, 0.5, 0.0),
                features("dora", 0.0, 0.0, 0.0),
                features("emil", 1.0, 0.1, 0.2, space="other"),
                features("emil", 1.0, 0.1),
            ]
        )
        found = await recall.similar_learners((1.0, 0.0, 0.2), without=["anna"])
        assert [item.learner_id for item in found] == ["ben", "dora", "cleo"]
        assert found[0].similarity == pytest.approx(1.04 / (1.04 * 1.05) ** 0.5, abs=1e-7)
        assert found[1].similarity == 0.0
        assert len(await recall.similar_learners((1.0, 0.0, 0.2), limit=2)) == 2
        assert await recall.similar_learners((1.0, 0.0, 0.2), space="unknown") == []
        await recall.remember_features([features("ben", -1.0, 0.0, 0.0)])
        assert (await recall.similar_learners((-1.0, 0.0, 0.0)))[0] == ("ben", pytest.approx(1.0))

    async def test_the_true_neighbours_among_many_learners(self, recall: Recall) -> None:
        chance = random.Random(7)
        everybody = [features(f"l{n}", *(chance.gauss(0, 1) for _ in range(12))) for n in range(400)]
        await recall.remember_features(everybody)
        for asked in everybody[:3]:
            exact = sorted(everybody, key=lambda other: -cosine(asked.values, other.values))[1:8]
            found = await recall.similar_learners(asked.values, without=[asked.learner_id], limit=7)
            assert [item.learner_id for item in found] == [other.learner_id for other in exact]
            assert found[0].similarity == pytest.approx(cosine(asked.values, exact[0].values), abs=1e-6)

    async def test_forgets_one_learner_and_nobody_else(self, recall: Recall, reopen: Reopen) -> None:
        learners = [f"learner {number}" for number in range(12)]
        await recall.remember([recollection("r", f"text of {name}", learner_id=name) for name in learners])
        await recall.remember_features([features(name, 1.0, float(n)) for n, name in enumerate(learners)])
        await recall.remember_features([features("learner 7", 1.0, 2.0, 3.0, space="other")])
        await recall.forget("learner 7")
        await recall.forget("nobody")
        other = reopen()
        for asked in (recall, other):
            assert await asked.recall("learner 7", "text") == []
            assert len(await asked.recall("learner 8", "text")) == 1
            found = {item.learner_id for item in await asked.similar_learners((1.0, 7.0), limit=99)}
            assert found == set(learners) - {"learner 7"}
            assert await asked.similar_learners((1.0, 2.0, 3.0), space="other") == []
            assert await asked.traces([b"learner 7"]) == []
            assert await asked.traces([b"learner 8"]) != []
        await other.aclose()
        await recall.remember([recollection("r", "back again", learner_id="learner 7")])
        assert [item.text for item in await recall.recall("learner 7", "text")] == ["back again"]

    async def test_what_is_stored_is_found_after_reopening(self, recall: Recall, reopen: Reopen) -> None:
        await recall.remember([recollection("r", "text")])
        await recall.aclose()
        await recall.aclose()
        with pytest.raises(StorageError):
            await recall.recall("anna", "text")
        again = reopen()
        assert len(await again.recall("anna", "text")) == 1
        await again.aclose()

    async def test_many_at_once(self, recall: Recall) -> None:
        await asyncio.gather(
            *(recall.remember([recollection(f"r{n}", f"text {n}", learner_id=f"l{n % 3}")]) for n in range(30)),
            *(recall.recall(f"l{n % 3}", "text") for n in range(30)),
        )
        for learner in range(3):
            assert len(await recall.recall(f"l{learner}", "text", limit=99)) == 10

    async def test_refuses_what_cannot_be_used(self, recall: Recall) -> None:
        for item in (
            recollection("", "text"),
            recollection("r", " \n "),
            recollection("r", "text", at="yesterday"),
            recollection("r", "text", learner_id="a\nb"),
        ):
            with pytest.raises(InputError):
                await recall.remember([recollection("good", "text"), item])
        assert await recall.recall("anna", "text") == []  # all or none of a call
        for values in ((), (1.0, float("nan")), (float("inf"),), (1e30,)):
            with pytest.raises(InputError):
                await recall.remember_features([features("anna", *values)])
            with pytest.raises(InputError):
                await recall.similar_learners(values)
        with pytest.raises(InputError, match="limit"):
            await recall.recall("anna", "text", limit=0)
        with pytest.raises(InputError, match="instant"):
            await recall.recall("anna", "text", since="last week")
        with pytest.raises(InputError):
            await recall.forget("")


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / (sum(a * a for a in one) * sum(b * b for b in other)) ** 0.5

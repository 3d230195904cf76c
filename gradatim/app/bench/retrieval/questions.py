"""The retrievals that are measured: one after the other, and many at once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from gradatim.domain import LearnerState, Mastery, MisconceptionMatch
from gradatim.errors import GradatimError
from gradatim.kg import ConceptGraph, ConceptStore, retrieve
from gradatim.kg.passages import PassageIndex
from gradatim.kg.related import Related
from gradatim.kg.retrieval import DEPTH

_CONCEPTS = 4
"""Of a task."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of one wrong program."""

    concepts: tuple[str, ...]
    errors: tuple[str, ...]
    misconceptions: tuple[MisconceptionMatch, ...]
    mastery: LearnerState

    async def ask(
        self, store: ConceptStore, passages: PassageIndex | None = None, related: Related | None = None
    ) -> int:
        """Retrieve; the number of pieces of evidence."""
        found = await retrieve(
            store,
            concepts=self.concepts,
            errors=self.errors,
            misconceptions=self.misconceptions,
            mastery=self.mastery,
            passages=passages,
            related=related,
        )
        return len(found)


def questions(graph: ConceptGraph, count: int, *, seed: int = 7) -> list[Question]:
    """Questions about tasks of neighbouring concepts, each from a learner with a history of its own."""
    chance = random.Random(seed)
    ids = [concept.id for concept in graph.concepts]
    made: list[Question] = []
    for number in range(count):
        start = chance.randrange(len(ids))
        near = ids[max(0, start - 20) : start + 1]
        about = chance.sample(near, min(_CONCEPTS, len(near)))
        known = tuple(
            Mastery(concept=item, probability=round(chance.random(), 2), observations=chance.randrange(1, 9))
            for item in chance.sample(near, min(8, len(near)))
        )
        belief = chance.choice(graph.misconceptions)
        match = MisconceptionMatch(id=belief.id, confidence=0.8, why="its last line runs once too often")
        made.append(
            Question(
                tuple(about),
                (chance.choice(("logical", "IndexError", "TypeError")),),
                (match,),
                LearnerState(learner_id=f"learner-{number}", mastery=known),
            )
        )
    return made


async def one_by_one(
    store: ConceptStore,
    asked: Sequence[Question],
    *,
    warm: int = 0,
    passages: PassageIndex | None = None,
    related: Related | None = None,
) -> list[float]:
    """Seconds of each retrieval, in rising order; the first `warm` are not counted."""
    for item in asked[:warm]:
        await item.ask(store, passages, related)
    seconds: list[float] = []
    for item in asked[warm:]:
        began = perf_counter()
        await item.ask(store, passages, related)
        seconds.append(perf_counter() - began)
    return sorted(seconds)


async def in_one_go(store: ConceptStore, asked: Sequence[Question]) -> list[float]:
    """Seconds that the store needs for everything around the concepts of each question, in rising order."""
    seconds: list[float] = []
    for item in asked:
        began = perf_counter()
        await store.around(item.concepts, depth=DEPTH, errors=item.errors)
        seconds.append(perf_counter() - began)
    return sorted(seconds)


def milliseconds(ordered: Sequence[float], share: float) -> float:
    """A quantile, in ms."""
    return round(1000 * ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))], 3)


@dataclass(slots=True)
class Crowd:
    """How many retrievals at once ended."""

    seconds: float = 0.0
    answered: int = 0
    errors: Counter[str] = field(default_factory=Counter[str])
    """Messages of those that failed."""
    a_third: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a third has ended."""


async def all_at_once(store: ConceptStore, asked: Sequence[Question], crowd: Crowd) -> Crowd:
    """Retrieve for all questions at the same time, and count in `crowd` while it goes on."""
    began = perf_counter()

    async def one(item: Question) -> None:
        try:
            await item.ask(store)
        except GradatimError as error:
            crowd.errors[error.message] += 1
        else:
            crowd.answered += 1
        if 3 * (crowd.answered + crowd.errors.total()) >= len(asked):
            crowd.a_third.set()

    await asyncio.gather(*map(one, asked))
    crowd.seconds = perf_counter() - began
    return crowd

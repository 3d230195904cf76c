"""Earlier work of learners, made up from other examples of the same data set, so that the memory has something to know.

Data sets of single programs know nothing of the people who wrote them; without a history an ablation of the learner
profile would take away nothing. A made-up learner has handed in programs of other tasks before, one of them (where
there is such) about a concept of the present task. One shows, for half of the learners (where there is such), a
misconception that the present program shows as well: people repeat their mistakes, not always. What the memory then
holds is what assessments of those programs would have left in it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gradatim.domain import LearnerEvent, Observation, Recollection, stable_id
from gradatim.evals.datasets import Example
from gradatim.evals.scorers.given import list_of, mapping_of
from gradatim.memory import LearnerMemory

REPEATS = 0.5
"""Probability that a learner has shown a misconception of the present program before."""
_BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HISTORY = "history"
"""Key of an example's inputs under which its learner's events stand, as plain data."""


@dataclass(frozen=True, slots=True)
class _Work:
    """An example as a piece of work that somebody may have done before."""

    id: str
    task: str
    title: str
    concepts: tuple[str, ...]
    misconceptions: frozenset[str]
    passed: bool

    @classmethod
    def of(cls, example: Example) -> _Work | None:
        """The work that an example is; `None` where nothing is known of its truth."""
        task = mapping_of(example.inputs.get("task"))
        verdict = example.reference.get("verdict")
        if not task.get("id") or verdict not in ("correct", "incorrect"):
            return None
        return cls(
            id=example.id,
            task=str(task["id"]),
            title=str(task.get("title") or task["id"]),
            concepts=tuple(map(str, list_of(task.get("concepts")))),
            misconceptions=frozenset(map(str, list_of(example.reference.get("misconceptions")))),
            passed=verdict == "correct",
        )


def with_histories(examples: Sequence[Example], others: Sequence[Example], number: int, seed: int) -> list[Example]:
    """The examples, each with a learner who has done `number` pieces of work before.

    Args:
        others: What the histories are made of: examples of the same data set.
    """
    known = [work for item in others if (work := _Work.of(item)) is not None]
    return [_with_history(item, known, number, seed) for item in examples]


def _with_history(example: Example, others: Sequence[_Work], number: int, seed: int) -> Example:
    task = mapping_of(example.inputs.get("task"))
    if not task or example.inputs.get(HISTORY):
        return example
    chance = random.Random(f"{seed}:{example.id}")
    learner = f"made-up-{stable_id(str(seed), example.id)}"
    elsewhere = [item for item in others if item.task != task.get("id")]
    chance.shuffle(elsewhere)
    mine = frozenset(map(str, list_of(example.reference.get("misconceptions"))))
    concepts = frozenset(map(str, list_of(task.get("concepts"))))
    alike = [item for item in elsewhere if mine & item.misconceptions]
    near = [item for item in elsewhere if not mine & item.misconceptions and concepts & set(item.concepts)]
    rest = [item for item in elsewhere if not mine & item.misconceptions and item not in near[:1]]
    repeated = alike[:1] if alike and chance.random() < REPEATS else []
    chosen = [*repeated, *near[:1], *rest][:number]
    chance.shuffle(chosen)
    events = [_event(item, learner, place) for place, item in enumerate(chosen)]
    return replace(example, inputs={**example.inputs, "learner": learner, HISTORY: [event.plain() for event in events]})


def _event(work: _Work, learner: str, place: int) -> LearnerEvent:
    return LearnerEvent(
        id=f"assessment:{stable_id(learner, work.id)}",
        learner_id=learner,
        kind="assessment",
        at=(_BEGAN + timedelta(days=7 * place)).isoformat(timespec="microseconds"),
        task_id=work.task,
        observations=tuple(Observation(concept=concept, correct=work.passed) for concept in work.concepts),
        payload={
            "passed": work.passed,
            "misconceptions": [*sorted(work.misconceptions)],
            "title": work.title,
            "delivered": True,
        },
    )


async def remember(memory: LearnerMemory, examples: Sequence[Example]) -> int:
    """Put the histories into the memory; whatever is there already is passed over.

    Returns:
        How many events the examples have.

    Raises:
        StorageError: The memory cannot be used.
    """
    events: list[LearnerEvent] = []
    recollections: list[Recollection] = []
    for example in examples:
        given: Any = example.inputs.get(HISTORY) or ()
        for plain in given:
            event = LearnerEvent.model_validate(plain)
            events.append(event)
            recollections += _recollections(event)
    if events:
        await memory.append(events)
        await memory.remember(recollections)
    return len(events)


def _recollections(event: LearnerEvent) -> list[Recollection]:
    """An error as it may be recalled; nothing of a correct program."""
    named: Any = event.payload.get("misconceptions") or []
    if event.payload.get("passed"):
        return []
    spoken = ", ".join(str(item).replace("-", " ") for item in named) or "wrong"
    return [
        Recollection(
            id=f"{event.id}:error",
            learner_id=event.learner_id,
            kind="error",
            text=f"{event.payload.get('title')}: {spoken}"[:160],
            task_id=event.task_id,
            concepts=tuple(item.concept for item in event.observations),
            misconceptions=tuple(str(item) for item in named),
            at=event.at,
        )
    ]


__all__ = ["HISTORY", "remember", "with_histories"]

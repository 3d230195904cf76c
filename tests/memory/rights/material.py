"""Events of a learner at work, as short as tests need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gradatim.domain import EventKind, LearnerEvent, Observation


class Diary:
    """Writes down events one after the other, an hour apart."""

    def __init__(self, learner: str = "ada") -> None:
        self.learner = learner
        self.events: list[LearnerEvent] = []

    def add(
        self,
        kind: EventKind = "assessment",
        *,
        task: str | None = None,
        seen: Iterable[tuple[str, bool]] = (),
        at: str | None = None,
        **payload: Any,
    ) -> LearnerEvent:
        """The next event."""
        number = len(self.events)
        event = LearnerEvent(
            id=f"e{number:04}",
            learner_id=self.learner,
            kind=kind,
            at=at or f"2026-{1 + number // 672:02}-{1 + number // 24 % 28:02}T{number % 24:02}:00:00+00:00",
            task_id=task,
            observations=tuple(Observation(concept=concept, correct=correct) for concept, correct in seen),
            payload=payload,
        )
        self.events.append(event)
        return event

    def answers(self, concept: str, correct: Sequence[bool]) -> None:
        """Answers about one concept."""
        for value in correct:
            self.add(seen=[(concept, value)])

    def tries(self, task: str, correct: Sequence[bool], **payload: Any) -> None:
        """Attempts at one task."""
        for value in correct:
            self.add(task=task, passed=value, **payload)

"""Responses from learner events."""

from __future__ import annotations

from typing import Any

import pytest

from gradatim.domain import LearnerEvent, Observation
from gradatim.errors import InputError
from gradatim.memory.irt import responses_of


def event(number: int, kind: str, at: str, task: str | None, **more: Any) -> LearnerEvent:
    return LearnerEvent(id=f"e{number}", learner_id="ann", kind=kind, at=at, task_id=task, **more)  # type: ignore[arg-type]


def test_the_first_attempt_at_a_task_counts() -> None:
    wrong = (Observation(concept="loops", correct=True), Observation(concept="lists", correct=False))
    found = responses_of(
        [
            event(1, "submission", "2026-01-02T10:00:00Z", "t1", payload={"passed": True}),
            event(2, "submission", "2026-01-02T10:30:00+01:00", "t1", payload={"passed": False}),
            event(3, "assessment", "2026-01-02T11:00:00Z", "t2", observations=wrong),
            event(4, "assessment", "2026-01-02T11:00:00Z", "t3", payload={"passed": "yes"}, observations=wrong[:1]),
            event(5, "submission", "2026-01-02T12:00:00Z", "t4"),
            event(6, "submission", "2026-01-02T12:00:00Z", None, payload={"passed": True}),
            event(7, "self_assessment", "2026-01-02T12:00:00Z", "t5", payload={"passed": True}),
        ]
    )
    assert found.learners == ("ann",)
    assert dict(zip(found.items, found.values[0].tolist(), strict=True)) == {"t1": 0, "t2": 0, "t3": 1}


def test_no_attempts_are_no_responses() -> None:
    with pytest.raises(InputError, match="no responses"):
        responses_of([])

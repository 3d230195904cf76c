"""Streams of events for the formative trigger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from gradatim.domain import LearnerEvent, Observation

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def attempt(
    number: int,
    minutes: float,
    correct: bool,
    *,
    learner: str = "anna",
    task: str = "t",
    concept: str = "loop",
    **more: Any,
) -> LearnerEvent:
    """An assessed attempt so many minutes after the begin."""
    return LearnerEvent(
        id=f"e{number:04}",
        learner_id=learner,
        kind="assessment",
        at=(BEGIN + timedelta(minutes=minutes)).isoformat(),
        task_id=task,
        observations=(Observation(concept=concept, correct=correct),),
        payload={"passed": correct, **more},
    )


def struggle(count: int = 5, *, first: int = 0, minutes: float = 0.0, learner: str = "anna") -> list[LearnerEvent]:
    """Attempts that fail with one misconception, six minutes apart."""
    return [
        attempt(
            first + place, minutes + 6.0 * place, False, learner=learner,
            misconceptions=["off-by-one-loop"], error_category="logical",
        )
        for place in range(count)
    ]  # fmt: skip


@st.composite
def streams(draw: st.DrawFn) -> Sequence[LearnerEvent]:
    """Any events of one learner, in order."""
    found: list[LearnerEvent] = []
    minutes = 0.0
    for number in range(draw(st.integers(1, 40))):
        minutes += draw(st.sampled_from((0.5, 4.0, 40.0, 600.0, 3000.0)))
        kind = draw(st.integers(0, 9))
        if kind == 0:
            at = (BEGIN + timedelta(minutes=minutes)).isoformat()
            action = draw(st.sampled_from(("hint", "open", "practice")))
            found.append(
                LearnerEvent(
                    id=f"e{number:04}", learner_id="anna", kind="interaction", at=at, payload={"action": action}
                )
            )
            continue
        correct = draw(st.booleans())
        more: dict[str, Any] = {"confidence": draw(st.sampled_from((0.1, 0.5, 0.95)))}
        if not correct:
            more["misconceptions"] = draw(st.lists(st.sampled_from(("m1", "m2", "m3")), max_size=2))
            more["error_category"] = draw(st.sampled_from(("TypeError", "logical", None)))
        found.append(
            attempt(
                number,
                minutes,
                correct,
                task=draw(st.sampled_from("tuv")),
                concept=draw(st.sampled_from(("loop", "list", "dict"))),
                **more,
            )
        )
    return found

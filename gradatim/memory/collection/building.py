"""Events out of checked parts: the one place where readers make them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gradatim.domain import EventKind, LearnerEvent
from gradatim.errors import InputError
from gradatim.memory.collection.concepts import observations
from gradatim.memory.collection.instants import micros
from gradatim.memory.collection.row import RowError
from gradatim.memory.inputs import MAX_ID_LENGTH, checked_id

TOLERANCE = 1e-9
"""How far a score may miss its mark by rounding."""


def checked(value: object, what: str) -> str:
    """An identifier that can be stored; printable text of ordinary length passes at once.

    Raises:
        RowError: It cannot name anything.
    """
    if type(value) is not str:
        raise RowError(f"its {what} is {'missing' if value is None else 'no text'}")
    if value.isprintable() and len(value) <= MAX_ID_LENGTH and not value.isspace() and value:
        return value
    try:
        return checked_id(value, what)
    except InputError as error:
        raise RowError(error.message) from error


def make_event(
    identifier: str,
    learner: object,
    kind: EventKind,
    at: str,
    *,
    task: str | None = None,
    concepts: tuple[str, ...] = (),
    correct: bool | None = None,
    source: str | None = None,
    payload: dict[str, Any],
) -> LearnerEvent:
    """An event, every part of it checked.

    Args:
        identifier: Of the event.
        learner: Whose event.
        kind: What happened.
        at: When, ISO 8601; kept as it is written.
        task: The item.
        concepts: What the item is about.
        correct: The outcome; an observation for each concept where it is known.
        source: The system that told of it.
        payload: What else is told.

    Raises:
        RowError: A part cannot be used; tells which.
    """
    checked(identifier, "event id")
    learner_id = checked(learner, "learner id")
    if task is not None:
        checked(task, "task id")
    micros(at)
    try:
        seen = () if correct is None or not concepts else observations(concepts, correct)
        return LearnerEvent(
            id=identifier, learner_id=learner_id, kind=kind, at=at, task_id=task, observations=seen, source=source,
            payload=payload,
        )  # fmt: skip
    except InputError as error:
        raise RowError(error.message) from error
    except ValidationError as error:
        raise RowError(_problem(error)) from error


def restore(event: Mapping[str, Any]) -> LearnerEvent:
    """An event from its own JSON, checked like any other.

    Raises:
        RowError: It is none.
    """
    try:
        made = LearnerEvent.model_validate(event)
        checked(made.id, "event id")
        checked(made.learner_id, "learner id")
        if made.task_id is not None:
            checked(made.task_id, "task id")
        for seen in made.observations:
            checked(seen.concept, "concept id")
        micros(made.at, "at")
    except ValidationError as error:
        raise RowError(_problem(error)) from error
    return made


def fraction(points: float, best: float) -> float:
    """Points as a share of the best possible; what is above it, bonus points, counts as all.

    Raises:
        RowError: The points are negative, or there is nothing to reach.
    """
    if not math.isfinite(points) or not math.isfinite(best) or points < 0 or best <= 0:
        raise RowError(f"its score {points:g} of {best:g} is out of range")
    return min(1.0, points / best)


def reaches(score: float, mark: float) -> bool:
    """Whether a score reaches a pass mark."""
    return score >= mark - TOLERANCE


def _problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}"

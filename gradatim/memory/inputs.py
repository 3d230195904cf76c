"""What the memory accepts from outside: identifiers and instants."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError

MAX_ID_LENGTH = 200
"""Characters an identifier may have."""

_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_GOOD: set[str] = set()
"""Identifiers that were found to be in order, at most `_MOST_GOOD` of them."""
_MOST_GOOD = 50_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def checked_id(value: str, what: str = "learner id") -> str:
    """Return `value` if it can name something.

    Identifiers are kept letter for letter: no trimming, no change of case, any script.

    Args:
        value: The identifier as somebody gave it.
        what: What it names, for the message.

    Raises:
        InputError: It is empty or blank, longer than `MAX_ID_LENGTH`, or holds a control character, a line
            break or half a surrogate pair.
    """
    if len(value) <= MAX_ID_LENGTH and value.isascii() and value.isprintable() and value and not value.isspace():
        return value
    if not value.strip():
        raise InputError(f"the {what} is empty", place=what, remedy="give at least one visible character")
    if len(value) > MAX_ID_LENGTH:
        raise InputError(
            f"the {what} has {len(value)} characters, more than {MAX_ID_LENGTH}",
            place=what,
            remedy="use a shorter one",
        )
    for position, character in enumerate(value, start=1):
        if unicodedata.category(character) in _REFUSED:
            raise InputError(
                f"the {what} holds the control character U+{ord(character):04X} at position {position}",
                place=what,
                remedy="use visible characters only",
            )
    return value


def microseconds(instant: str) -> int:
    """Microseconds since 1970 of an ISO 8601 instant; one without an offset is UTC.

    Spellings of the same instant (`Z`, `+00:00`, another offset, with or without fractions) give the same
    number, so that events of different sources fall on one time line.

    Raises:
        InputError: It is no ISO 8601 date or date and time.
    """
    try:
        moment = datetime.fromisoformat(instant)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError) as error:
        raise InputError(
            f"{instant!r} is not an ISO 8601 instant", place="at", remedy="write it as 2026-01-31T12:00:00Z"
        ) from error


def checked_event(event: LearnerEvent) -> int:
    """Check an event's identifiers and return its instant as `microseconds` does.

    Raises:
        InputError: One of them cannot be used, or the event carries something biometric; names the event.
    """
    try:
        checked_id(event.id, "event id")
        # learners, tasks and concepts come again and again: look each of them over once
        if event.learner_id not in _GOOD:
            _remember(checked_id(event.learner_id))
        if event.task_id is not None and event.task_id not in _GOOD:
            _remember(checked_id(event.task_id, "task id"))
        for observation in event.observations:
            if observation.concept not in _GOOD:
                _remember(checked_id(observation.concept, "concept id"))
        at = microseconds(event.at)
    except InputError as error:
        raise InputError(error.message, place=f"event {event.id!r}, {error.place}", remedy=error.remedy) from error
    if event.payload or event.source is not None:
        _refusal()(event)
    return at


def _remember(value: str) -> None:
    if len(_GOOD) >= _MOST_GOOD:
        _GOOD.clear()
    _GOOD.add(value)


@cache
def _refusal() -> Callable[[LearnerEvent], None]:
    from gradatim.memory.processing.biometrics import refuse_biometrics  # it stands above this module

    return refuse_biometrics

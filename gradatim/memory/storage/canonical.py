"""An event as bytes and back: the same content always gives the same bytes.

Bodies are JSON with sorted keys and without what is empty, written by orjson; what orjson cannot write (integers beyond
64 bits) is written by the standard library, after a space. The first version of the store wrote text with spaces
between, and nothing of the source; such bodies are read too, and compared by content.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

import orjson

from gradatim.domain import LearnerEvent, Observation
from gradatim.errors import InputError
from gradatim.memory.inputs import checked_event

Stored = tuple[LearnerEvent, int, bytes]
"""An event, its instant in microseconds since 1970, and its body."""

_OPTIONS = (
    orjson.OPT_SORT_KEYS
    | orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
)
_OWN = (b'{"at":', b" ")
"""How bodies of this version begin; those of the first version have a space after the colon."""


def prepared(events: Iterable[LearnerEvent]) -> list[Stored]:
    """Check events and make their bodies.

    Raises:
        InputError: One cannot be stored; names it.
    """
    return [(event, checked_event(event), body(event)) for event in events]


def body(event: LearnerEvent) -> bytes:
    """The event as canonical JSON.

    Raises:
        InputError: Its payload is no JSON text (NaN, infinity, half a surrogate pair).
    """
    plain: dict[str, Any] = {"at": event.at, "id": event.id, "kind": event.kind, "learner_id": event.learner_id}
    if event.observations:
        plain["observations"] = [{"concept": seen.concept, "correct": seen.correct} for seen in event.observations]
    if event.payload:
        plain["payload"] = event.payload
    if event.source is not None:
        plain["source"] = event.source
    if event.task_id is not None:
        plain["task_id"] = event.task_id
    try:
        written = orjson.dumps(plain, option=_OPTIONS)
        if b"null" in written:  # orjson writes NaN as null, so look which of them it is
            _finite(event.payload)
        return written
    except (TypeError, ValueError):
        return _exact(event, plain)


def read(stored: bytes | str) -> LearnerEvent:
    """The event of a body, of whichever version wrote it.

    A body that `body` wrote is of an event that was valid; checking it again would take most of the time of reading.
    """
    if isinstance(stored, str) or not stored.startswith(_OWN[0]):
        return LearnerEvent.model_validate_json(stored)
    plain: dict[str, Any] = orjson.loads(stored)
    return LearnerEvent.model_construct(
        set(plain),
        id=plain["id"],
        learner_id=plain["learner_id"],
        kind=plain["kind"],
        at=plain["at"],
        task_id=plain.get("task_id"),
        observations=tuple([_observation(**seen) for seen in plain.get("observations", ())]),
        source=plain.get("source"),
        payload=plain.get("payload", {}),
    )


@lru_cache(maxsize=4096)
def _observation(concept: str, correct: bool) -> Observation:
    return Observation(concept=concept, correct=correct)


def same(stored: bytes | str, written: bytes) -> bool:
    """Whether a stored body holds the same event as one made now."""
    if stored == written:
        return True
    older = isinstance(stored, str) or not stored.startswith(_OWN)
    return older and body(read(stored)) == written


def _exact(event: LearnerEvent, plain: dict[str, Any]) -> bytes:
    try:
        text = json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True)
        return b" " + text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(
            f"its payload cannot be stored as JSON text: {error}",
            place=f"event {event.id!r}",
            remedy="leave out NaN, infinity and broken characters",
        ) from error


def _finite(value: object) -> None:
    """Raises `ValueError` where a number is none."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a number is not finite")
    elif isinstance(value, dict):
        for item in cast("dict[str, object]", value).values():
            _finite(item)
    elif isinstance(value, list | tuple):
        for item in cast("Iterable[object]", value):
            _finite(item)

"""Entities inside Caliper events, which may be given whole or by their id alone."""

from __future__ import annotations

from typing import Any

from gradatim.memory.collection.building import fraction
from gradatim.memory.collection.instants import micros, seconds_of
from gradatim.memory.collection.plain import is_list, is_number, is_object, is_text
from gradatim.memory.collection.row import RowError
from gradatim.memory.collection.words import CONCEPT_KEYS, tail, text_list

NOTHING: dict[str, Any] = {}
_OBJECTIVES = ("learningObjectives", "alignedLearningObjective")


def entity(value: Any) -> dict[str, Any]:
    """An entity as an object: one given by its id has nothing else."""
    if is_text(value):
        return {"id": value}
    return value if is_object(value) else NOTHING


def id_of(value: Any) -> str | None:
    """The id of an entity; `@id` in the earliest messages."""
    given = entity(value)
    found = given.get("id") or given.get("@id")
    return found if is_text(found) else None


def type_of(value: Any) -> str:
    """The type of an entity or event, without its namespace, in lower case; empty where none is given."""
    given = entity(value)
    found = given.get("type") or given.get("@type")
    return tail(found) if is_text(found) else ""


def concepts_of(*entities: dict[str, Any]) -> tuple[str, ...]:
    """Learning objectives, or concepts among the extensions, of the first entity that has some."""
    for given in entities:
        for name in _OBJECTIVES:
            if given.get(name) and (named := text_list(given[name])):
                return tuple(dict.fromkeys(named))
        extensions = given.get("extensions")
        if is_object(extensions):
            for key, value in extensions.items():
                if tail(key) in CONCEPT_KEYS and (named := text_list(value)):
                    return tuple(dict.fromkeys(named))
    return ()


def seconds_between(given: dict[str, Any]) -> float | None:
    """How long an attempt or a response took: its duration, or its end less its beginning.

    Raises:
        RowError: One of them cannot be read.
    """
    if is_text(given.get("duration")):
        return seconds_of(given["duration"])
    begin, end = given.get("startedAtTime"), given.get("endedAtTime")
    if not is_text(begin) or not is_text(end):
        return None
    seconds = (micros(end, "endedAtTime") - micros(begin, "startedAtTime")) / 1e6
    if seconds < 0:
        raise RowError("its endedAtTime lies before its startedAtTime")
    return seconds


def add_score(given: dict[str, Any], payload: dict[str, Any]) -> None:
    """Put the score of a `Score`, or of a `Result` of earlier versions, into the payload.

    Raises:
        RowError: It is out of range or no number.
    """
    points = _first(given, "scoreGiven", "totalScore", "normalScore")
    best = _first(given, "maxScore", "maxResultScore")
    if points is None:
        return
    if best is not None and best > 0:
        payload["score"] = fraction(points, best)
    else:
        payload["points"] = points


def answers_of(response: dict[str, Any]) -> list[Any]:
    """What a response holds: values, selections, or one value."""
    for name in ("values", "selections"):
        if is_list(response.get(name)):
            return list(response[name])
    return [response["value"]] if response.get("value") is not None else []


def scale_of(question: dict[str, Any]) -> list[float] | None:
    """Lowest and highest answer of a rating scale."""
    scale = entity(question.get("scale"))
    low, high = scale.get("minValue"), scale.get("maxValue")
    if is_number(low) and is_number(high):
        return [low, high]
    values = [value for value in map(number, text_list_of(scale.get("itemValues"))) if value is not None]
    return [min(values), max(values)] if values else None


def text_list_of(value: Any) -> list[Any]:
    """A list as it is, anything else as an empty one."""
    return value if is_list(value) else []


def number(value: Any) -> float | None:
    """A number, also one that is written as text."""
    if is_number(value):
        return value
    try:
        found = float(value) if is_text(value) else None
    except ValueError:
        return None
    return found if is_number(found) else None


def _first(given: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = given.get(name)
        if value is not None:
            if not is_number(value):
                raise RowError(f"its {name} {value!r:.40} is no number")
            return value
    return None

"""Parts of a statement: what its activity is, what its result holds, which concepts it names."""

from __future__ import annotations

from typing import Any

from gradatim.memory.collection.building import checked, fraction
from gradatim.memory.collection.instants import seconds_of
from gradatim.memory.collection.plain import is_number, is_object
from gradatim.memory.collection.row import NoEvent, RowError
from gradatim.memory.collection.words import CONCEPT_KEYS, PAYLOAD, payload_value, tail, text_list
from gradatim.memory.collection.xapi.vocabulary import EVENT_EXTENSION, ITEM_TYPES, RESOURCE_PREFIX, TASK_PREFIX


def target_of(activity: dict[str, Any]) -> tuple[str | None, str | None, bool | None]:
    """The activity as an item, as a resource, and whether its type says that it is an item."""
    kind = activity.get("objectType", "Activity")
    if kind in ("SubStatement", "StatementRef"):
        raise NoEvent("it is about another statement")
    if kind in ("Agent", "Group"):
        return None, None, False
    identifier = checked(activity.get("id"), "activity id")
    if identifier.startswith(TASK_PREFIX):
        return identifier.removeprefix(TASK_PREFIX), None, True
    if identifier.startswith(RESOURCE_PREFIX):
        return None, identifier.removeprefix(RESOURCE_PREFIX), False
    definition = activity.get("definition")
    kind = definition.get("type") if is_object(definition) else None
    return identifier, identifier, (tail(kind) in ITEM_TYPES or None) if type(kind) is str else None


def payload_of(result: dict[str, Any], extensions: dict[str, Any]) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for listed in (extensions, result.get("extensions")):
        if is_object(listed):
            for key, value in listed.items():
                name = tail(key).replace("-", "_")
                if name in PAYLOAD and key != EVENT_EXTENSION:
                    payload[name] = payload_value(name, value)
    if not result:
        return payload
    if (score := result.get("score")) is not None:
        add_score(score, payload)
    if (duration := result.get("duration")) is not None:
        seconds = seconds_of(duration) if type(duration) is str else None
        if seconds is not None:
            payload["seconds"] = seconds
    if result.get("completion") is False:
        payload["complete"] = False
    if type(result.get("response")) is str:
        payload["response"] = result["response"]
    return payload


def add_score(score: Any, payload: dict[str, Any]) -> None:
    """The score as a share; as bare points where nothing says what they are out of."""
    if not is_object(score):
        raise RowError("its score is no JSON object")
    numbers: dict[str, Any] = {
        name: score[name] for name in ("scaled", "raw", "min", "max") if score.get(name) is not None
    }
    for name, value in numbers.items():
        if not is_number(value):
            raise RowError(f"its score.{name} {value!r:.40} is no number")
    scaled, raw, best, least = numbers.get("scaled"), numbers.get("raw"), numbers.get("max"), numbers.get("min", 0)
    if scaled is not None and not -1 <= scaled <= 1:
        raise RowError(f"its score.scaled {scaled:g} is not between -1 and 1")
    if scaled is not None and scaled >= 0:
        payload["score"] = scaled
    elif raw is not None and best is not None:
        payload["score"] = fraction(raw - least, best - least)
    elif raw is not None or scaled is not None:
        payload["points"] = raw if raw is not None else scaled


def concepts_of(extensions: dict[str, Any], result: dict[str, Any], activity: dict[str, Any]) -> tuple[str, ...]:
    definition = activity.get("definition")
    inner = definition.get("extensions") if is_object(definition) else None
    for listed in (extensions, inner, result.get("extensions")):
        if is_object(listed):
            for key, value in listed.items():
                if tail(key) in CONCEPT_KEYS and (named := text_list(value)):
                    return tuple(dict.fromkeys(named))
    return ()

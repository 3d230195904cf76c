"""Writes events as xAPI 1.0.3 statements, one a line or as an array."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import IO, Any
from urllib.parse import urlparse

import orjson

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.memory.collection.instants import iso
from gradatim.memory.collection.leftover import leftover
from gradatim.memory.collection.row import Parsed, ReadingOptions
from gradatim.memory.collection.words import PAYLOAD
from gradatim.memory.collection.xapi.reader import XapiReader
from gradatim.memory.collection.xapi.vocabulary import (
    CONCEPTS_EXTENSION,
    EVENT_EXTENSION,
    HOME_PAGE,
    RESOURCE_PREFIX,
    TASK_PREFIX,
    VERB_PREFIX,
)
from gradatim.memory.inputs import microseconds

_ADL = "http://adlnet.gov/expapi/verbs/"
_VERBS = {
    "assessment": f"{_ADL}answered", "submission": "http://activitystrea.ms/schema/1.0/submit",
    "review": "http://id.tincanapi.com/verb/reviewed",
}  # fmt: skip
_ACTION_VERBS = {
    "open": f"{_ADL}experienced", "interact": f"{_ADL}interacted", "attempt": f"{_ADL}attempted",
    "complete": f"{_ADL}completed", "close": f"{_ADL}terminated", "message": f"{_ADL}commented",
    "login": "https://w3id.org/xapi/adl/verbs/logged-in", "logout": "https://w3id.org/xapi/adl/verbs/logged-out",
}  # fmt: skip
_NAMESPACE = uuid.UUID("c9a6b3f0-6f0c-5d0a-9a53-5b1c0ac4e0d1")
_EXTENSIONS = ("confidence", "items_done", "items_total", "edits", "pauses", "misconceptions", "error_category", "code")


def write_xapi(events: Iterable[LearnerEvent], file: IO[bytes]) -> int:
    """Write events as JSON Lines of statements.

    Returns:
        How many were written.

    Raises:
        InputError: An event cannot be written as JSON; names it.
    """
    count = 0
    for event in events:
        try:
            line = orjson.dumps(statement_of(event), option=orjson.OPT_APPEND_NEWLINE)
        except TypeError as error:
            place, remedy = f"event {event.id!r}", "numbers beyond 64 bits have no place in xAPI: write them as text"
            raise InputError(f"cannot be written as JSON: {error}", place=place, remedy=remedy) from error
        file.write(line)
        count += 1
    return count


def statement_of(event: LearnerEvent) -> dict[str, Any]:
    """An event as a statement, which `XapiReader` reads as an equal event."""
    payload = event.payload
    result = _result(event)
    extensions: dict[str, Any] = {
        f"urn:gradatim:{name}": payload[name] for name in _EXTENSIONS if _fits(name, payload.get(name))
    }
    if event.observations:
        extensions[CONCEPTS_EXTENSION] = list(dict.fromkeys(seen.concept for seen in event.observations))
    statement: dict[str, Any] = {
        "id": event.id if _is_uuid(event.id) else str(uuid.uuid5(_NAMESPACE, event.id)),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME_PAGE, "name": event.learner_id}},
        "verb": _verb(event),
        "object": _object(event),
        "timestamp": event.at if _is_exact(event.at) else iso(microseconds(event.at)),
        "version": "1.0.3",
    }
    if result:
        statement["result"] = result
    context: dict[str, Any] = {"platform": event.source} if event.source and event.source.strip() else {}
    if extensions:
        context["extensions"] = extensions
    statement["context"] = context
    if extra := leftover(event, _understood(statement)):
        context["extensions"] = extensions | {EVENT_EXTENSION: extra}
    if not context:
        del statement["context"]
    return statement


def _understood(statement: dict[str, Any]) -> LearnerEvent:
    (row,) = XapiReader(ReadingOptions()).again(orjson.dumps(statement), {}, 1)
    if not isinstance(row, Parsed):
        raise TypeError(row.reason)
    return row.event


def _verb(event: LearnerEvent) -> dict[str, Any]:
    action = event.payload.get("action")
    if event.kind == "interaction" and isinstance(action, str) and action.strip():
        identifier = _ACTION_VERBS.get(action) or VERB_PREFIX + _quoted(action)
        return {"id": identifier, "display": {"en": action}}
    return {"id": _VERBS.get(event.kind) or VERB_PREFIX + event.kind, "display": {"en": event.kind.replace("_", " ")}}


def _object(event: LearnerEvent) -> dict[str, Any]:
    if event.task_id is not None:
        is_iri = bool(urlparse(event.task_id).scheme) and " " not in event.task_id and event.kind != "interaction"
        identifier = event.task_id if is_iri else TASK_PREFIX + event.task_id
    else:
        resource = event.payload.get("resource")
        identifier = RESOURCE_PREFIX + (resource if isinstance(resource, str) and resource.strip() else "none")
    if len(identifier) > 190:  # longer ones stand in the extension alone
        identifier = RESOURCE_PREFIX + "long"
    return {"objectType": "Activity", "id": identifier}


def _result(event: LearnerEvent) -> dict[str, Any]:
    payload = event.payload
    result: dict[str, Any] = {}
    if type(payload.get("passed")) is bool:
        result["success"] = payload["passed"]
    if _fits("score", payload.get("score")):
        result["score"] = {"scaled": payload["score"]}
    seconds = payload.get("seconds")
    if _fits("seconds", seconds):
        result["duration"] = f"PT{seconds:.6f}".rstrip("0").rstrip(".") + "S"
    if type(payload.get("response")) is str:
        result["response"] = payload["response"]
    if payload.get("complete") is False:
        result["completion"] = False
    return result


def _fits(name: str, value: Any) -> bool:
    return value is not None and PAYLOAD[name][0](value)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _is_exact(at: str) -> bool:
    """Whether an instant is one that RFC 3339 allows."""
    return len(at) >= 20 and at[10] == "T" and (at.endswith("Z") or (at[-3] == ":" and at[-6] in "+-"))


def _quoted(action: str) -> str:
    return "-".join(action.split())

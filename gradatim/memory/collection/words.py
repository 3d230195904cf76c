"""Words that the JSON formats share: last parts of IRIs, lists of concepts, and what the payload holds by type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from gradatim.domain import stable_id
from gradatim.memory.collection.plain import (
    is_count,
    is_duration,
    is_flag,
    is_list,
    is_object,
    is_text,
    is_texts,
    is_unit,
)
from gradatim.memory.collection.row import RowError

CONCEPT_KEYS = frozenset(
    {"concept", "concepts", "skill", "skills", "kc", "kcs", "knowledge-component", "knowledge-components",
     "knowledge_components", "competency", "competencies", "learning-objectives", "topics"}
)  # fmt: skip
"""Last parts of the extension IRIs under which the concepts of an item stand."""

_tails: dict[str, str] = {}


def tail(iri: str) -> str:
    """The last part of an IRI in lower case: what follows the last `/`, `#` or `:`."""
    known = _tails.get(iri)
    if known is None:
        if len(_tails) > 10_000:
            _tails.clear()
        known = iri.rstrip("/#")
        for mark in "/#:":
            known = known.rpartition(mark)[2]
        known = _tails[iri] = known.lower()
    return known


def text_list(value: Any) -> list[str]:
    """Texts that a value lists: a list of texts, one text with `;` or `,` between, objects with an id or name."""
    if is_text(value):
        return [part.strip() for part in value.replace(";", ",").split(",") if part.strip()]
    listed: list[Any] = value if is_list(value) else [value]
    named = [part.get("name") or part.get("id") if is_object(part) else part for part in listed]
    return [part.strip() for part in named if is_text(part) and part.strip()]


PAYLOAD: dict[str, tuple[Callable[[Any], bool], str]] = {
    "confidence": (is_unit, "a number from 0 to 1"), "score": (is_unit, "a number from 0 to 1"),
    "seconds": (is_duration, "a number of seconds"), "passed": (is_flag, "true or false"),
    "items_done": (is_count, "a count"), "items_total": (is_count, "a count"), "edits": (is_count, "a count"),
    "pauses": (is_count, "a count"), "misconceptions": (is_texts, "a list of texts"),
    "error_category": (is_text, "text"), "code": (is_text, "text"),
}  # fmt: skip
"""Payload keys with a type of their own, and how to tell it."""


def payload_value(key: str, value: Any) -> Any:
    """A value that may stand under this key of the payload.

    Raises:
        RowError: It is of another type.
    """
    known = PAYLOAD.get(key)
    if known is not None and not known[0](value):
        raise RowError(f"its {key} {value!r:.60} is not {known[1]}")
    return value


def stable_json_id(kind: str, value: Any) -> str:
    """An id for a record that was never given one: the same content always gets the same one."""
    return stable_id(kind, orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode(), length=32)

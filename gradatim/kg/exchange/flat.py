"""Concepts and misconceptions as rows of texts: what a node of GraphML and a line of a table can carry."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from gradatim.kg.exchange.draft import text_list
from gradatim.kg.schema import Concept, Misconception

CONCEPT_FIELDS = (
    "id",
    "name",
    "topic",
    "aliases",
    "definition",
    "example",
    "output",
    "counterexample",
    "counterexample_output",
    "counterexample_error",
    "counterexample_why",
)
"""A program of a counterexample stands under `counterexample`, the rest of it behind its own names."""
MISCONCEPTION_FIELDS = ("id", "concepts", "belief", "correction", "looks_like", "evidence", "talk", "errors")
_LISTS = ("aliases", "concepts", "errors")
_WRONG = "counterexample"


def flat(noun: Concept | Misconception) -> dict[str, str]:
    """The fields of a noun that are not empty. Lists of texts are JSON."""
    row: dict[str, str] = {}
    for key, value in noun.plain().items():
        if key == _WRONG and value:
            row |= {_WRONG if part == "code" else f"{_WRONG}_{part}": text for part, text in value.items() if text}
        elif value:
            row[key] = json.dumps(value, ensure_ascii=False) if key in _LISTS else value
    return row


def nested(row: Mapping[str, str], fields: Sequence[str]) -> dict[str, object]:
    """What `flat` was given, as plain values; keys that are none of the fields are left out.

    The output of an example that prints nothing is an empty text, that of an example which is not there none at all.
    """
    values: dict[str, object] = {}
    for key in fields:
        text = row.get(key, "")
        if key in _LISTS:
            values[key] = text_list(text)
        elif text and not key.startswith(_WRONG):
            values[key] = text
    if "example" in values:
        values.setdefault("output", "")
    parts = {key.removeprefix(f"{_WRONG}_"): row[key] for key in fields if key.startswith(_WRONG) and row.get(key)}
    if parts:
        values[_WRONG] = {("code" if key == _WRONG else key): text for key, text in parts.items()}
    return values

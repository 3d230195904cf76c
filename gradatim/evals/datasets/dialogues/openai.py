"""Dialogues as OpenAI's messages: `{"messages": [{"role": …, "content": …}]}`, one object a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from gradatim.evals.datasets.dialogues.turns import FormatError, messages_of, opening
from gradatim.evals.datasets.example import Example

_ABOUT = ("task", "learner", "topic")


def examples(record: Mapping[str, Any], number: int) -> Iterator[Example]:
    """One whole dialogue; `reference`, `labels`, `groups`, `task` and `learner` are taken over where they stand.

    Raises:
        FormatError: The record is not of this format.
    """
    messages = messages_of(record.get("messages"))
    if isinstance(messages, str):
        raise FormatError(messages)
    reference, groups = (_object(record, name) for name in ("reference", "groups"))
    if "labels" in record:
        reference["labels"] = _object(record, "labels")
    identifier = record.get("id") or record.get("conversation_id") or number
    inputs = {key: record[key] for key in _ABOUT if key in record}
    turns = [item for item in messages if item["role"] != "system"]
    yield Example(
        str(identifier),
        {**inputs, "messages": opening(messages)},
        reference,
        {name: str(value) for name, value in groups.items()},
        {"messages": turns},
    )


def _object(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name)
    if value is not None and not isinstance(value, dict):
        raise FormatError(f"`{name}` is not an object")
    return dict(cast("dict[str, Any]", value or {}))

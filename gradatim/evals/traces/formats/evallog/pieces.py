"""Messages, scores and instants in inspect_ai's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

from gradatim.evals.traces.formats.messages import Message, arguments_of
from gradatim.evals.traces.trace import Plain

KEPT = "gradatim"
"""Key of the metadata of a sample and of an event under which the trace and the span stand."""


def score_for(attributes: Mapping[str, Any]) -> Plain:
    """A judgement as a `Score`: its number, or its label where it has none."""
    value = attributes.get("gen_ai.evaluation.score.value")
    label = attributes.get("gen_ai.evaluation.score.label")
    known = isinstance(value, int | float)
    score: Plain = {"value": value if known else str(label or ""), "history": []}
    if explanation := attributes.get("gen_ai.evaluation.explanation"):
        score["explanation"] = str(explanation)
    if known and label:
        score["metadata"] = {"label": str(label)}
    return score


def message_for(message: Message) -> Plain:
    """A message in inspect_ai's form."""
    made: Plain = {"role": message["role"], "content": message.get("content") or ""}
    if calls := message.get("tool_calls"):
        made["tool_calls"] = [_call(call) for call in cast("Sequence[Plain]", calls)]
    if message["role"] == "tool":
        made["tool_call_id"] = message.get("tool_call_id") or ""
        if message.get("name"):
            made["function"] = message["name"]
        if message.get("error"):
            made["error"] = {"type": "unknown", "message": str(message["error"])}
    return made


def instant(nanoseconds: int) -> str:
    """An instant as inspect_ai writes it; one that is no instant of a calendar is the first of all."""
    try:
        return datetime.fromtimestamp(nanoseconds / 1e9, UTC).isoformat()
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC).isoformat()


def _call(call: Plain) -> Plain:
    arguments = arguments_of(call)
    known = isinstance(arguments, dict)
    made: Plain = {
        "id": call.get("id") or "",
        "function": str(call["function"]["name"]),
        "arguments": arguments if known else {},
        "type": "function",
    }
    if not known:
        made["parse_error"] = f"the arguments are no object: {arguments!r}"[:500]
    return made


def nanoseconds(instant: Any) -> int:
    """An instant as nanoseconds since 1970; 0 where it is none."""
    if not isinstance(instant, str) or not instant:
        return 0
    try:
        return round(datetime.fromisoformat(instant).timestamp() * 1e6) * 1_000
    except (ValueError, OverflowError):
        return 0

"""Spans as the events of a sample of inspect_ai's log.

Each span begins and ends with an event; between these stands what inspect_ai's viewer knows to show: a question to a
model, a tool's run, a judgement, or plain information. The event with which a span begins keeps the whole span.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import orjson

from gradatim.evals.traces.formats.conventions import EVALUATION
from gradatim.evals.traces.formats.evallog.pieces import KEPT, instant, message_for, score_for
from gradatim.evals.traces.formats.messages import arguments_of, message_of
from gradatim.evals.traces.formats.plain import json_text
from gradatim.evals.traces.trace import Plain, Span, Trace

_TYPES = {"invoke_agent": "agent", "execute_tool": "tool"}
_STOPS = frozenset({"stop", "max_tokens", "model_length", "tool_calls", "content_filter"})
_CONFIG = {
    "temperature": "gen_ai.request.temperature",
    "seed": "gen_ai.request.seed",
    "max_tokens": "gen_ai.request.max_tokens",
    "top_p": "gen_ai.request.top_p",
    "num_choices": "gen_ai.request.choice.count",
}
_SHORT = 100_000
"""Bytes of JSON that are shown of what a span says of itself."""


def events_of(trace: Trace) -> Iterator[Plain]:
    """The events of a trace, those of a span's parts within it."""
    within: dict[str | None, list[tuple[int, Span]]] = {}
    known = {span.id for span in trace.spans}
    for place, span in enumerate(trace.spans):
        within.setdefault(span.parent if span.parent in known else None, []).append((place, span))
    origin = min((span.start for span in trace.spans), default=0)
    told: set[int] = set()
    waiting = [(place, span, False) for place, span in reversed(within.get(None, []))]
    while waiting:  # no recursion: a trace may be deeper than Python's stack
        place, span, ended = waiting.pop()
        if ended:
            yield _end(span, origin)
        elif place not in told:
            told.add(place)
            yield _begin(span, place, span.parent if span.parent in known else None, origin)
            yield from _inner(span, origin)
            waiting.append((place, span, True))
            waiting += [(number, part, False) for number, part in reversed(within.get(span.id, []))]
    for place, span in enumerate(trace.spans):
        if place not in told:  # spans that are each other's parents
            yield _begin(span, place, None, origin)
            yield _end(span, origin)


def kept_of(span: Span, place: int) -> Plain:
    """A span as plain data with its place among the spans of its trace."""
    found: Plain = {"place": place, "parent": span.parent, "operation": span.operation}
    found |= {"name": span.name, "start": span.start, "end": span.end}
    if not span.ok:
        found |= {"ok": False, "message": span.message}
    if span.attributes:
        found["attributes"] = dict(span.attributes)
    if span.events:
        found["events"] = [
            {"name": event.name, "at": event.at, "attributes": dict(event.attributes)} for event in span.events
        ]
    return found


def _begin(span: Span, place: int, parent: str | None, origin: int) -> Plain:
    found = _base("span_begin", span.id, span.start, origin)
    found |= {"id": span.id, "type": _TYPES.get(span.operation), "name": span.subject}
    if parent is not None:
        found["parent_id"] = parent
    return found | {"metadata": {KEPT: kept_of(span, place)}}


def _end(span: Span, origin: int) -> Plain:
    return _base("span_end", span.id, span.end, origin) | {"id": span.id}


def _base(kind: str, span_id: str, at: int, origin: int) -> Plain:
    return {
        "event": kind,
        "span_id": span_id,
        "timestamp": instant(at),
        "working_start": max(0.0, (at - origin) / 1e9),
    }


def _inner(span: Span, origin: int) -> Iterator[Plain]:
    if span.operation == "chat":
        yield _base("model", span.id, span.start, origin) | _model(span)
    elif span.operation == "execute_tool":
        yield _base("tool", span.id, span.start, origin) | _tool(span)
    elif span.operation == "retrieval":
        yield _base("info", span.id, span.start, origin) | {"source": span.name, "data": _shown(span.attributes)}
    for event in span.events:
        if event.name == EVALUATION:
            yield _base("score", span.id, event.at, origin) | _score(event.attributes)
        else:
            yield _base("info", span.id, event.at, origin) | {"source": event.name, "data": _shown(event.attributes)}
    if not span.ok:
        error = {"message": span.message or "failed", "traceback": "", "traceback_ansi": ""}
        yield _base("error", span.id, span.end, origin) | {"error": error}


def _model(span: Span) -> Plain:
    asked = _messages(span.attributes.get("gen_ai.input.messages"))
    answered = _messages(span.attributes.get("gen_ai.output.messages")) or [{"role": "assistant", "content": ""}]
    model = str(span.attributes.get("gen_ai.request.model") or "none")
    reasons = span.attributes.get("gen_ai.response.finish_reasons")
    reason = str(cast("list[Any]", reasons)[0]) if isinstance(reasons, list | tuple) and reasons else "stop"
    reason = {"length": "max_tokens"}.get(reason, reason)
    counted = {
        key: count if isinstance(count := span.attributes.get(f"gen_ai.usage.{key}"), int) else 0
        for key in ("input_tokens", "output_tokens")
    }
    config = {key: value for key, name in _CONFIG.items() if (value := span.attributes.get(name)) is not None}
    return {
        "model": model,
        "input": [message_for(message) for message in asked],
        "tools": [],
        "tool_choice": "none",
        "config": config,
        "output": {
            "model": model,
            "choices": [
                {"message": message_for(message), "stop_reason": reason if reason in _STOPS else "unknown"}
                for message in answered
                if message["role"] == "assistant"
            ],
            "completion": str(answered[0].get("content") or ""),
            "usage": {**counted, "total_tokens": sum(counted.values())},
            "time": span.seconds,
        },
        "completed": instant(span.end),
        "working_time": span.seconds,
        **({} if span.ok else {"error": span.message or "failed"}),
    }


def _tool(span: Span) -> Plain:
    arguments = arguments_of({"function": {"arguments": span.attributes.get("gen_ai.tool.call.arguments", {})}})
    result = span.attributes.get("gen_ai.tool.call.result", "")
    found: Plain = {
        "type": "function",
        "id": str(span.attributes.get("gen_ai.tool.call.id") or span.id),
        "function": str(span.attributes.get("gen_ai.tool.name") or span.subject),
        "arguments": arguments if isinstance(arguments, dict) else {"value": arguments},
        "result": result if isinstance(result, str | int | float | bool) else json_text(result),
        "events": [],
        "completed": instant(span.end),
        "working_time": span.seconds,
    }
    if not span.ok:
        found |= {"error": {"type": "unknown", "message": span.message or "failed"}, "failed": True}
    return found


def _score(attributes: Mapping[str, Any]) -> Plain:
    name = str(attributes.get("gen_ai.evaluation.name") or "evaluation")
    return {"score": score_for(attributes), "scorer": name, "intermediate": True}


def _messages(held: Any) -> list[Plain]:
    if isinstance(held, str):
        try:
            held = orjson.loads(held)
        except orjson.JSONDecodeError:
            return []
    items = cast("list[Any]", held) if isinstance(held, list) else []
    return [message for item in items if (message := message_of(item)) is not None]


def _shown(attributes: Mapping[str, Any]) -> Any:
    text = json_text(dict(attributes))
    return dict(attributes) if len(text) <= _SHORT else f"{text[:_SHORT]}…"

"""Events of inspect_ai's own runs as spans: solvers and agents, questions to models, tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from gradatim.domain import stable_id
from gradatim.evals.traces.formats.evallog.pieces import nanoseconds
from gradatim.evals.traces.formats.messages import message_of
from gradatim.evals.traces.trace import Event, Operation, Plain, Span

_KINDS: dict[str, Operation] = {"agent": "invoke_agent", "tool": "execute_tool"}
_USAGE = {
    "gen_ai.usage.input_tokens": "input_tokens",
    "gen_ai.usage.output_tokens": "output_tokens",
    "gen_ai.usage.cache_read.input_tokens": "input_tokens_cache_read",
    "gen_ai.usage.reasoning.output_tokens": "reasoning_tokens",
}
_CONFIG = {
    "gen_ai.request.temperature": "temperature",
    "gen_ai.request.seed": "seed",
    "gen_ai.request.max_tokens": "max_tokens",
    "gen_ai.request.top_p": "top_p",
}


def spans_of(events: Sequence[Plain], root: Span, trace_id: str, pool: Sequence[Plain]) -> list[Span]:
    """Spans of a sample's events, within the span of the run.

    Args:
        events: In their order in the log.
        root: The span of the run.
        trace_id: Of the trace, for ids of spans.
        pool: Messages that events refer to by place.
    """
    ids = {str(event["id"]): stable_id(trace_id, str(event["id"]), length=16) for event in events if _begins(event)}
    ends = {
        str(event.get("id")): nanoseconds(event.get("timestamp"))
        for event in events
        if event.get("event") == "span_end"
    }
    spans: dict[str, Span] = {}
    tools: list[str] = []
    notes: dict[str, list[Event]] = {}
    for number, event in enumerate(events):
        parent = ids.get(str(event.get("span_id")), root.id)
        key = stable_id(trace_id, "event", str(number), length=16)
        match event.get("event"):
            case "span_begin":
                made = _begun(event, ids, ends, root)
                spans[made.id] = made
                if event.get("type") == "tool":
                    tools.append(made.id)
            case "model":
                spans[key] = _model(event, key, parent, pool)
            case "tool":
                made = _tool(event, key, parent)
                # the run of a tool is a span and an event: both become one
                twin = next((held for held in tools if _same(spans[held], made)), None)
                if twin is None:
                    spans[key] = made
                else:
                    tools.remove(twin)
                    spans[twin] = replace(made, id=twin)
            case "error":
                error = cast("Plain", event.get("error") or {})
                notes.setdefault(parent, []).append(
                    Event(
                        "exception",
                        nanoseconds(event.get("timestamp")),
                        {"exception.message": str(error.get("message"))},
                    )
                )
            case _:
                continue
    found = [replace(span, events=tuple(notes[span.id])) if span.id in notes else span for span in spans.values()]
    return sorted(found, key=lambda span: span.start)


def _begins(event: Plain) -> bool:
    return event.get("event") == "span_begin" and "id" in event


def _same(held: Span, made: Span) -> bool:
    return (
        held.parent == made.parent and held.subject == made.subject and not held.attributes.get("gen_ai.tool.call.id")
    )


def _begun(event: Plain, ids: dict[str, str], ends: dict[str, int], root: Span) -> Span:
    name = str(event.get("name") or event.get("type") or "span")
    operation = _KINDS.get(str(event.get("type")), "other")
    start = nanoseconds(event.get("timestamp"))
    attributes: Plain = {"inspect_ai.span.type": event["type"]} if event.get("type") else {}
    if operation != "other":
        attributes["gen_ai.operation.name"] = operation
        attributes["gen_ai.agent.name" if operation == "invoke_agent" else "gen_ai.tool.name"] = name
    return Span(
        id=ids[str(event["id"])],
        parent=ids.get(str(event.get("parent_id")), root.id),
        name=name if operation == "other" else f"{operation} {name}",
        operation=operation,
        start=start,
        end=max(start, ends.get(str(event["id"]), start)),
        attributes=attributes,
    )


def _model(event: Plain, key: str, parent: str, pool: Sequence[Plain]) -> Span:
    model = str(event.get("model") or "none")
    output = cast("Plain", event.get("output") or {})
    usage = cast("Plain", output.get("usage") or {})
    config = cast("Plain", event.get("config") or {})
    choices = [cast("Plain", choice) for choice in output.get("choices") or () if isinstance(choice, dict)]
    provider, _, name = model.partition("/")
    attributes: Plain = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider if name else "inspect_ai",
        "gen_ai.request.model": model,
        "gen_ai.response.finish_reasons": [str(choice.get("stop_reason") or "stop") for choice in choices],
    }
    attributes |= {name: config[key] for name, key in _CONFIG.items() if config.get(key) is not None}
    attributes |= {name: usage[key] for name, key in _USAGE.items() if usage.get(key) is not None}
    if asked := _said(_asked(event, pool)):
        attributes["gen_ai.input.messages"] = asked
    if told := _said([choice.get("message") for choice in choices]):
        reasons = cast("list[str]", attributes["gen_ai.response.finish_reasons"])
        attributes["gen_ai.output.messages"] = [
            {**message, "finish_reason": reason} for message, reason in zip(told, reasons, strict=False)
        ]
    error = str(event.get("error") or "")
    if error:
        attributes["error.type"] = "model_error"
    start = nanoseconds(event.get("timestamp"))
    end = max(start, nanoseconds(event.get("completed")))
    return Span(key, parent, f"chat {model}", "chat", start, end, not error, error, attributes)


def _tool(event: Plain, key: str, parent: str) -> Span:
    name = str(event.get("function") or "tool")
    attributes: Plain = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.arguments": event.get("arguments") or {},
        "gen_ai.tool.call.result": event.get("result"),
        "gen_ai.tool.call.id": str(event.get("id") or ""),
    }
    error = cast("Plain", event.get("error") or {})
    message = str(error.get("message") or "")
    if error:
        attributes["error.type"] = str(error.get("type") or "unknown")
    start = nanoseconds(event.get("timestamp"))
    end = max(start, nanoseconds(event.get("completed")))
    return Span(key, parent, f"execute_tool {name}", "execute_tool", start, end, not error, message, attributes)


def _asked(event: Plain, pool: Sequence[Plain]) -> list[Any]:
    """The messages of a question: its own, or those of the pool that it refers to."""
    held = event.get("input")
    found = list(cast("list[Any]", held)) if isinstance(held, list) else []
    for ends in cast("list[Any]", event.get("input_refs") or []):
        if isinstance(ends, list) and len(cast("list[Any]", ends)) == 2:
            first, last = cast("list[int]", ends)
            found += pool[first:last]
    return found


def _said(items: Sequence[Any]) -> list[Plain]:
    """Messages in the form of the GenAI conventions."""
    found: list[Plain] = []
    for item in items:
        message = message_of(item)
        if message is None:
            continue
        parts: list[Plain] = [{"type": "text", "content": message["content"]}] if message["content"] else []
        for call in cast("list[Plain]", message.get("tool_calls") or []):
            inner = cast("Plain", call["function"])
            parts.append(
                {"type": "tool_call", "id": call["id"], "name": inner["name"], "arguments": inner["arguments"]}
            )
        found.append({"role": message["role"], "parts": parts})
    return found

"""The conversation that a run was, for formats that hold messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gradatim.domain import FEEDBACK_PARTS, stable_id
from gradatim.evals.traces.formats.messages import Message, arguments_of, message_of
from gradatim.evals.traces.formats.plain import json_text, mapping
from gradatim.evals.traces.trace import Plain, Span, Trace

UNTIMED = "gradatim.untimed"
"""Marks a span that was made from a format without times: start and end are 0."""
UNTOLD = "gradatim.untold"
"""Marks a call of a tool that was made from a format which does not tell whether it failed."""
_FENCE = re.compile(r"`{3,}")


@dataclass(frozen=True, slots=True)
class Conversation:
    """All messages of a run, in OpenAI's form.

    Attributes:
        inputs, outputs: Where the trace's own messages of its inputs and outputs stand among them; `None` where the
            trace has none and messages were made of what else it holds.
    """

    messages: tuple[Message, ...]
    inputs: tuple[int, int] | None = None
    outputs: tuple[int, int] | None = None


def conversation_of(trace: Trace) -> Conversation:
    """The messages of a run.

    Of a dialogue they are those recorded. Of an assessment: task and program from the user, each tool that was run,
    the feedback from the assistant. Of any other run: what went in and what came out, as JSON where it is no text.
    """
    given = _recorded(trace.inputs)
    answered = _recorded(trace.outputs)
    if answered is not None and any(message["role"] == "user" for message in answered):
        start = _within(given or [], answered)
        if given and start is not None:
            return Conversation(tuple(answered), (start, start + len(given)), (0, len(answered)))
        system = [message for message in given or () if message["role"] == "system"]
        return Conversation((*system, *answered), None, (len(system), len(system) + len(answered)))
    before = given if given is not None else _asked(trace.inputs)
    after = answered if answered is not None else _answered(trace.outputs)
    called = any(message.get("tool_calls") for message in (*before, *after))
    tools = [] if called else [message for span in trace.of("execute_tool") for message in _tool(span)]
    first = len(before) + len(tools)
    return Conversation(
        (*before, *tools, *after),
        None if given is None else (0, len(before)),
        None if answered is None else (first, first + len(after)),
    )


def parted(messages: Sequence[Message]) -> tuple[Plain, Plain]:
    """Inputs and outputs of a run of which only its messages are known.

    What stands before the first answer went in; all that was said, but for the system's part, is what came out.
    """
    first = next((number for number, item in enumerate(messages) if item["role"] == "assistant"), len(messages))
    inputs: Plain = {"messages": list(messages[:first])} if first else {}
    said = [message for message in messages if message["role"] != "system"]
    return inputs, {"messages": said} if first < len(messages) else {}


def spans_of(messages: Sequence[Message], trace_id: str, name: str, *, asked: bool = True) -> tuple[Span, ...]:
    """Spans of the answers and tool calls among messages, without times; none where no tool was called.

    Args:
        messages: In OpenAI's form.
        trace_id: Of the trace, for ids of spans.
        name: Of the run.
        asked: Whether the assistant's messages are answers of a model, and not made of what tools did.
    """
    if not any(message.get("tool_calls") for message in messages):
        return ()
    root = _untimed(
        trace_id, "root", None, f"invoke_workflow {name}", "invoke_workflow", {"gen_ai.workflow.name": name}
    )
    results = {message.get("tool_call_id"): message for message in messages if message["role"] == "tool"}
    spans = [root]
    for number, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        if asked:
            spans.append(_untimed(trace_id, f"chat {number}", root.id, "chat", "chat", {}))
        for order, call in enumerate(cast("list[Plain]", message.get("tool_calls") or [])):
            spans.append(_called(trace_id, f"{number} {order}", root.id, call, results))
    return tuple(spans)


def feedback_text(feedback: Mapping[str, Any]) -> str:
    """What a feedback says, part by part."""
    parts = (_sentences(feedback.get(part)) for part in FEEDBACK_PARTS)
    return "\n\n".join(part for part in parts if part)


def fenced(code: str) -> str:
    """A program in a fence that nothing in it closes."""
    longest = max((len(found) for found in _FENCE.findall(code)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}python\n{code.rstrip()}\n{fence}"


def _recorded(part: Mapping[str, Any]) -> list[Message] | None:
    held = part.get("messages")
    if not isinstance(held, list | tuple):
        return None
    return [message for item in cast("Sequence[Any]", held) if (message := message_of(item)) is not None]


def _within(few: Sequence[Message], many: Sequence[Message]) -> int | None:
    """Where some messages stand among others, one after the other; the last such place."""
    wanted = [(message["role"], message["content"]) for message in few]
    for start in range(len(many) - len(few), -1, -1):
        if [(item["role"], item["content"]) for item in many[start : start + len(few)]] == wanted:
            return start
    return None


def _asked(inputs: Mapping[str, Any]) -> list[Message]:
    task, submission = inputs.get("task"), inputs.get("submission")
    parts: list[str] = []
    if isinstance(task, Mapping):
        held = cast("Mapping[str, Any]", task)
        parts += [str(held[key]).strip() for key in ("title", "statement") if held.get(key)]
    if isinstance(submission, Mapping) and cast("Mapping[str, Any]", submission).get("code"):
        parts.append(fenced(str(cast("Mapping[str, Any]", submission)["code"])))
    text = "\n\n".join(parts) or _told(inputs)
    return [{"role": "user", "content": text}] if text else []


def _answered(outputs: Mapping[str, Any]) -> list[Message]:
    feedback = outputs.get("feedback")
    if isinstance(feedback, Mapping):
        text = feedback_text(cast("Mapping[str, Any]", feedback)) or _told(_gist(outputs))
    else:
        text = _told(outputs)
    return [{"role": "assistant", "content": text}] if text else []


def _gist(outputs: Mapping[str, Any]) -> Plain:
    """What an assessment whose texts were not recorded still says."""
    diagnosis, confidence = mapping(outputs.get("diagnosis")), mapping(outputs.get("confidence"))
    found = {
        "verdict": diagnosis.get("verdict"),
        "error_category": diagnosis.get("error_category"),
        "confidence": confidence.get("value"),
        "route": confidence.get("route"),
        "delivered": outputs.get("delivered"),
    }
    return {key: value for key, value in found.items() if value is not None}


def _told(part: Mapping[str, Any]) -> str:
    if len(part) == 1 and isinstance(value := next(iter(part.values())), str):
        return value
    return json_text(dict(part)) if part else ""


def _sentences(statements: Any) -> str:
    if not isinstance(statements, list | tuple):
        return ""
    items = [cast("Plain", item) for item in cast("Sequence[Any]", statements) if isinstance(item, dict)]
    return " ".join(str(item["text"]) for item in items if item.get("text"))


def _tool(span: Span) -> list[Message]:
    """A tool that was run, as a call and its result."""
    arguments = span.attributes.get("gen_ai.tool.call.arguments", {})
    result = span.attributes.get("gen_ai.tool.call.result")
    call_id = str(span.attributes.get("gen_ai.tool.call.id") or span.id)
    name = str(span.attributes.get("gen_ai.tool.name") or span.subject)
    call = {
        "id": call_id,
        "type": "function",
        "function": {"name": name, "arguments": _text(arguments)},
    }
    error = "" if span.ok else span.message or "failed"
    content = error or ("" if result is None else _text(result))
    return [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": call_id, "name": name, "content": content, "error": error},
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _called(trace_id: str, key: str, parent: str, call: Plain, results: Mapping[Any, Message]) -> Span:
    name = str(cast("Plain", call.get("function") or {}).get("name") or "")
    attributes: Plain = {"gen_ai.tool.name": name, "gen_ai.tool.call.arguments": arguments_of(call)}
    if call.get("id"):
        attributes["gen_ai.tool.call.id"] = call["id"]
    result = results.get(call.get("id")) if call.get("id") else None
    if result is not None:
        attributes["gen_ai.tool.call.result"] = result["content"]
    error = str((result or {}).get("error") or "")
    if result is None or "error" not in result:
        attributes[UNTOLD] = True
    if error:
        attributes["error.type"] = "tool_error"
    return _untimed(trace_id, f"tool {key}", parent, f"execute_tool {name}", "execute_tool", attributes, error)


def _untimed(
    trace_id: str, key: str, parent: str | None, name: str, operation: Any, attributes: Plain, error: str = ""
) -> Span:
    held = {"gen_ai.operation.name": operation, **attributes, UNTIMED: True}
    return Span(stable_id(trace_id, key, length=16), parent, name, operation, 0, 0, not error, error, held)

"""What a run asked of models, tools and stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradatim.evals.traces.formats.messages import message_of
from gradatim.evals.traces.formats.plain import count, items, objects, parsed, text, texts
from gradatim.evals.traces.trace import Span

_SETTINGS = {
    "temperature": "gen_ai.request.temperature",
    "seed": "gen_ai.request.seed",
    "choices": "gen_ai.request.choice.count",
    "max tokens": "gen_ai.request.max_tokens",
    "top p": "gen_ai.request.top_p",
    "output": "gen_ai.output.type",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a model.

    Attributes:
        by: The agent that asked.
        settings: Name → value.
        messages: Role → text, of the question and of the answers; empty where content was not recorded.
    """

    id: str
    by: str
    model: str
    seconds: float
    ok: bool
    message: str
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    finished: tuple[str, ...]
    settings: tuple[tuple[str, str], ...]
    messages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """A tool that was run; arguments and result are empty where content was not recorded."""

    id: str
    by: str
    tool: str
    seconds: float
    ok: bool
    message: str
    arguments: str
    result: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A look-up.

    Attributes:
        documents: Id and text of what was found, where it was recorded.
    """

    id: str
    by: str
    source: str
    seconds: float
    ok: bool
    message: str
    query: str
    documents: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]


def asked_of(span: Span, named: Mapping[str, str]) -> Asked:
    """A span of a question to a model, as it is shown.

    Args:
        span: The span.
        named: Id of a span → what it is called.
    """
    held = span.attributes
    usage = (count(held.get(f"gen_ai.usage.{key}")) for key in ("input_tokens", "output_tokens"))
    given, made = usage
    return Asked(
        id=span.id,
        by=named.get(span.parent or "", ""),
        model=text(held.get("gen_ai.response.model") or held.get("gen_ai.request.model")) or span.subject,
        seconds=span.seconds,
        ok=span.ok,
        message=span.message,
        input_tokens=given,
        output_tokens=made,
        cached_tokens=count(held.get("gen_ai.usage.cache_read.input_tokens")),
        finished=texts(held.get("gen_ai.response.finish_reasons")),
        settings=tuple((name, text(held[key])) for name, key in _SETTINGS.items() if held.get(key) is not None),
        messages=(
            *_said(held.get("gen_ai.system_instructions"), "system"),
            *_said(held.get("gen_ai.input.messages")),
            *_said(held.get("gen_ai.output.messages")),
        ),
    )


def ran_of(span: Span, named: Mapping[str, str]) -> Ran:
    """A span of a tool, as it is shown."""
    held = span.attributes
    return Ran(
        id=span.id,
        by=named.get(span.parent or "", ""),
        tool=text(held.get("gen_ai.tool.name")) or span.subject,
        seconds=span.seconds,
        ok=span.ok,
        message=span.message,
        arguments=text(held.get("gen_ai.tool.call.arguments")),
        result=text(held.get("gen_ai.tool.call.result")),
        facts=_facts(held),
    )


def found_of(span: Span, named: Mapping[str, str]) -> Found:
    """A span of a look-up, as it is shown."""
    held = span.attributes
    documents = tuple(
        (text(item.get("id")), text(item.get("content", item.get("text", item.get("score")))))
        for item in objects(parsed(held.get("gen_ai.retrieval.documents")))
    )
    return Found(
        id=span.id,
        by=named.get(span.parent or "", ""),
        source=text(held.get("gen_ai.data_source.id")) or span.subject,
        seconds=span.seconds,
        ok=span.ok,
        message=span.message,
        query=text(held.get("gen_ai.retrieval.query.text")),
        documents=documents,
        facts=_facts(held),
    )


def _facts(held: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What gradatim itself says of it."""
    return tuple(
        (key.removeprefix("gradatim.").replace(".", " "), text(value))
        for key, value in held.items()
        if key.startswith("gradatim.") and value is not None
    )


def _said(value: Any, role: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    held = parsed(value)
    if role and items(held):  # instructions are parts without a role
        held = [{"role": role, "parts": held}]
    for item in items(held):
        message = message_of(item)
        if message is None:
            continue
        calls = [text(call.get("function")) for call in objects(message.get("tool_calls"))]
        found.append((str(message["role"]), "\n".join([*filter(None, [message["content"]]), *calls])))
    return found

"""What spans of other instrumentations say, by the names of the GenAI conventions.

Three dialects are known beside the conventions: their older names, OpenInference (`openinference.span.kind`,
`llm.token_count.prompt`, `input.value`) and OpenLLMetry (`traceloop.span.kind`, `gen_ai.prompt.0.content`). What a
span says under its own names is kept.
Sources: github.com/Arize-ai/openinference, spec/semantic_conventions.md; github.com/traceloop/openllmetry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from gradatim.evals.traces.formats.conventions import OPERATION
from gradatim.evals.traces.formats.format import OPERATIONS
from gradatim.evals.traces.formats.messages import Message, message_of
from gradatim.evals.traces.trace import Operation, Plain, Span

_KINDS: dict[str, Operation] = {
    "text_completion": "chat",
    "generate_content": "chat",
    "completion": "chat",
    "llm": "chat",
    "chat": "chat",
    "embedding": "embeddings",
    "embeddings": "embeddings",
    "retriever": "retrieval",
    "reranker": "retrieval",
    "tool": "execute_tool",
    "agent": "invoke_agent",
    "workflow": "invoke_workflow",
}
_SAYS_KIND = (OPERATION, "openinference.span.kind", "traceloop.span.kind", "llm.request.type")
_ALSO = {
    "gen_ai.provider.name": ("gen_ai.system", "llm.provider", "llm.system"),
    "gen_ai.request.model": ("llm.model_name", "llm.request.model"),
    "gen_ai.response.model": ("llm.response.model",),
    "gen_ai.usage.input_tokens": (
        "gen_ai.usage.prompt_tokens",
        "llm.token_count.prompt",
        "llm.usage.prompt_tokens",
    ),
    "gen_ai.usage.output_tokens": (
        "gen_ai.usage.completion_tokens",
        "llm.token_count.completion",
        "llm.usage.completion_tokens",
    ),
    "gen_ai.usage.cache_read.input_tokens": ("llm.token_count.prompt_details.cache_read",),
    "gen_ai.conversation.id": ("session.id", "traceloop.association.properties.session_id"),
    "gen_ai.tool.name": ("tool.name",),
    "gen_ai.tool.call.arguments": ("tool.parameters",),
    "gen_ai.agent.name": ("agent.name",),
    "gen_ai.workflow.name": ("traceloop.workflow.name",),
}
_FLAT = re.compile(
    r"(?P<side>gen_ai\.prompt|gen_ai\.completion|llm\.input_messages|llm\.output_messages)"
    r"\.(?P<number>\d+)\.(?:message\.)?(?P<key>role|content)"
)
_VALUES = (("input.value", "traceloop.entity.input"), ("output.value", "traceloop.entity.output"))


def operation_of(attributes: Mapping[str, Any], name: str) -> Operation:
    """What kind of work a span is about, as far as it says so."""
    for key in _SAYS_KIND:
        said = str(attributes.get(key) or "").lower()
        if said in OPERATIONS:
            return cast("Operation", said)
        if said in _KINDS:
            return _KINDS[said]
    first = name.partition(" ")[0]
    known = any(key.startswith(("gen_ai.", "llm.")) for key in attributes)
    return cast("Operation", first) if known and first in OPERATIONS else "other"


def normalised(attributes: Mapping[str, Any], operation: Operation) -> Plain:
    """Attributes with the conventions' names beside those of another dialect, where they say the same."""
    found = dict(attributes)
    for name, others in _ALSO.items():
        if name not in found:
            value = next((found[other] for other in others if found.get(other) is not None), None)
            if value is not None:
                found[name] = value
    if operation != "other" and OPERATION not in found:
        found[OPERATION] = operation
    return found


def named(spans: Sequence[Span], resource: Mapping[str, Any]) -> str:
    """A name for a trace: of its workflow, of its agent, of its first span, of the service."""
    root = next((span for span in spans if span.parent is None), spans[0] if spans else None)
    if root is not None:
        for key in ("gen_ai.workflow.name", "gen_ai.agent.name"):
            if root.attributes.get(key):
                return str(root.attributes[key])
        if root.name:
            return root.subject
    return str(resource.get("service.name") or "trace")


def facts(spans: Sequence[Span], resource: Mapping[str, Any], scope: str) -> tuple[Plain, Plain, Plain]:
    """Inputs, outputs and attributes of a trace of which only its spans are known."""
    ids = {span.id for span in spans}
    roots = [span for span in spans if span.parent is None or span.parent not in ids]
    chats = [span for span in spans if span.operation == "chat"]
    inputs = _said(0, roots, chats[:1])
    outputs = _said(1, roots, chats[-1:])
    attributes: Plain = {}
    for span in (*roots, *spans):
        if conversation := span.attributes.get("gen_ai.conversation.id"):
            attributes["conversation"] = str(conversation)
            break
    if model := next((span.attributes.get("gen_ai.request.model") for span in chats), None):
        attributes["model"] = str(model)
    if scope:
        attributes["instrumentation"] = scope
    if resource:
        attributes["resource"] = dict(resource)
    return inputs, outputs, attributes


def _said(side: int, *candidates: Sequence[Span]) -> Plain:
    """What went in (0) or came out (1), of the first spans that say it."""
    for span in (span for spans in candidates for span in spans):
        if messages := _messages(span.attributes, side):
            return {"messages": messages}
    for span in (span for spans in candidates for span in spans):
        for key in _VALUES[side]:
            value = span.attributes.get(key)
            if value not in (None, ""):
                plain = _parsed(value)
                if isinstance(plain, dict):
                    return cast("Plain", plain)
                return {"text": plain if isinstance(plain, str) else str(value)}
    return {}


def _messages(attributes: Mapping[str, Any], side: int) -> list[Message]:
    key = ("gen_ai.input.messages", "gen_ai.output.messages")[side]
    value = _parsed(attributes.get(key))
    items = cast("list[Any]", value) if isinstance(value, list) else _flat(attributes, side)
    if side == 0 and items:
        system = _parsed(attributes.get("gen_ai.system_instructions"))
        if isinstance(system, list):
            items.insert(0, {"role": "system", "parts": system})
    return [message for item in items if (message := message_of(item)) is not None]


def _flat(attributes: Mapping[str, Any], side: int) -> list[Any]:
    """Messages whose roles and contents are attributes of their own, numbered."""
    wanted = (("gen_ai.prompt", "llm.input_messages"), ("gen_ai.completion", "llm.output_messages"))[side]
    found: dict[int, Plain] = {}
    for key, value in attributes.items():
        match = _FLAT.fullmatch(key)
        if match and match["side"] in wanted:
            found.setdefault(int(match["number"]), {})[match["key"]] = value
    default = "user" if side == 0 else "assistant"
    return [{"role": default, **found[number]} for number in sorted(found)]


def _parsed(value: Any) -> Any:
    """A value that may be JSON in a text."""
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value

"""Checks spans against the semantic conventions for generative AI of OpenTelemetry.

The conventions are those of version 1.41.0, the last that was part of OpenTelemetry's own before they moved to a
repository of theirs (whose first release lets a workflow's name stand in `gen_ai.agent.name`, which is taken too):
which attributes an operation must have, what they are called, which type they are of, how a span is named, and what an
event `gen_ai.evaluation.result` must say.
Source: github.com/open-telemetry/semantic-conventions, docs/gen-ai (spans, agent spans, events, registry).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import orjson

from gradatim.evals.traces.trace import Event, Span, Trace

EVALUATION = "gen_ai.evaluation.result"
"""Name of the event that carries a judgement of what a span did."""
OPERATION = "gen_ai.operation.name"

Kind = Literal["missing", "name", "type", "unknown", "deprecated", "value"]
_Type = Literal["text", "int", "double", "bool", "texts", "any"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in which a span departs from the conventions.

    Attributes:
        kind: `missing`: a required attribute, or one that is required in this case. `name`: the span is called
            otherwise. `type`, `value`: of an attribute. `unknown`: no attribute of the conventions. `deprecated`: has
            another name by now.
        attribute: Its name; empty where the span's own name is meant.
        message: What is wrong, in one sentence.
        span: Id of the span.
    """

    kind: Kind
    attribute: str
    message: str
    span: str = ""

    def __str__(self) -> str:
        return f"span {self.span}: {self.message}" if self.span else self.message


_SUBJECTS = {
    "chat": "gen_ai.request.model",
    "text_completion": "gen_ai.request.model",
    "generate_content": "gen_ai.request.model",
    "embeddings": "gen_ai.request.model",
    "retrieval": "gen_ai.data_source.id",
    "create_agent": "gen_ai.agent.name",
    "invoke_agent": "gen_ai.agent.name",
    "execute_tool": "gen_ai.tool.name",
    "invoke_workflow": "gen_ai.workflow.name",
}
"""Operation → the attribute that follows it in the span's name."""
_NEEDS_PROVIDER = frozenset({
    "chat", "text_completion", "generate_content", "embeddings", "create_agent", "invoke_agent",
})  # fmt: skip
_NEEDS_SUBJECT = frozenset({"execute_tool"})
_TEXT = (
    "agent.description agent.id agent.name agent.version conversation.id data_source.id evaluation.explanation "
    "evaluation.name evaluation.score.label operation.name output.type prompt.name provider.name request.model "
    "response.id response.model retrieval.query.text token.type tool.call.id tool.description tool.name tool.type "
    "workflow.name"
)
_INT = (
    "embeddings.dimension.count request.choice.count request.max_tokens request.seed "
    "usage.cache_creation.input_tokens usage.cache_read.input_tokens usage.input_tokens usage.output_tokens "
    "usage.reasoning.output_tokens retrieval.top_k"
)
_DOUBLE = (
    "evaluation.score.value request.frequency_penalty request.presence_penalty request.temperature request.top_k "
    "request.top_p response.time_to_first_chunk"
)
_ANY = (
    "input.messages output.messages retrieval.documents system_instructions tool.call.arguments tool.call.result "
    "tool.definitions"
)
_TYPES: dict[str, _Type] = {
    **{f"gen_ai.{name}": "text" for name in _TEXT.split()},
    **{f"gen_ai.{name}": "int" for name in _INT.split()},
    **{f"gen_ai.{name}": "double" for name in _DOUBLE.split()},
    **{f"gen_ai.{name}": "any" for name in _ANY.split()},
    "gen_ai.request.stream": "bool",
    "gen_ai.request.encoding_formats": "texts",
    "gen_ai.request.stop_sequences": "texts",
    "gen_ai.response.finish_reasons": "texts",
    "error.type": "text",
    "server.address": "text",
    "server.port": "int",
}
_RENAMED = {
    "gen_ai.system": "gen_ai.provider.name",
    "gen_ai.usage.prompt_tokens": "gen_ai.usage.input_tokens",
    "gen_ai.usage.completion_tokens": "gen_ai.usage.output_tokens",
    "gen_ai.prompt": "gen_ai.input.messages",
    "gen_ai.completion": "gen_ai.output.messages",
    "gen_ai.openai.request.seed": "gen_ai.request.seed",
    "gen_ai.openai.request.response_format": "gen_ai.output.type",
    "gen_ai.openai.request.service_tier": "openai.request.service_tier",
    "gen_ai.openai.response.service_tier": "openai.response.service_tier",
    "gen_ai.openai.response.system_fingerprint": "openai.response.system_fingerprint",
}
_WORDS: dict[str, str] = {
    "text": "a text",
    "int": "a whole number",
    "double": "a number",
    "bool": "true or false",
    "texts": "a list of texts",
}


def check_conventions(span: Span) -> list[Problem]:
    """In what a span departs from the conventions; nothing where it does not speak of generative AI at all."""
    if span.operation == "other" and not any(name.startswith("gen_ai.") for name in span.attributes):
        return []
    problems = [*_operation(span), *_attributes(span.attributes)]
    for event in span.events:
        problems += _event(event)
    return [Problem(item.kind, item.attribute, item.message, span.id) for item in problems]


def check_trace(trace: Trace) -> list[Problem]:
    """In what the spans of a trace depart from the conventions, span by span."""
    return [problem for span in trace.spans for problem in check_conventions(span)]


def _operation(span: Span) -> Iterator[Problem]:
    operation = span.attributes.get(OPERATION)
    if not isinstance(operation, str) or not operation:
        if operation in (None, ""):
            yield Problem("missing", OPERATION, f"{OPERATION} is required")
        return
    if operation in _NEEDS_PROVIDER and not span.attributes.get("gen_ai.provider.name"):
        yield Problem("missing", "gen_ai.provider.name", f"gen_ai.provider.name is required of {operation}")
    subject = _SUBJECTS.get(operation)
    named = span.attributes.get(subject) if subject else None
    if operation == "invoke_workflow" and not named:
        named = span.attributes.get("gen_ai.agent.name")
    if operation in _NEEDS_SUBJECT and not named:
        yield Problem("missing", str(subject), f"{subject} is required of {operation}")
    wanted = f"{operation} {named}" if named else operation
    # a model or a store that has no name of its own in the attributes may still be told in the name
    if subject and span.name != wanted and not (named is None and span.name.startswith(f"{operation} ")):
        yield Problem("name", "", f"the span is called {span.name!r} and should be {wanted!r}")
    if not span.ok and not span.attributes.get("error.type"):
        yield Problem("missing", "error.type", "error.type is required of what ended in an error")
    if span.attributes.get("server.address") and span.attributes.get("server.port") is None:
        yield Problem("missing", "server.port", "server.port is required where server.address is set")


def _attributes(attributes: Mapping[str, Any]) -> Iterator[Problem]:
    for name, value in attributes.items():
        if name in _RENAMED:
            yield Problem("deprecated", name, f"{name} is called {_RENAMED[name]} by now")
        elif name in _TYPES:
            kind = _TYPES[name]
            if not _is(value, kind):
                yield Problem("type", name, f"{name} is {type(value).__name__}, and should be {_WORDS[kind]}")
            elif fault := _content(name, value):
                yield Problem("value", name, f"{name} {fault}")
        elif name.startswith("gen_ai."):
            yield Problem("unknown", name, f"{name} is no attribute of the conventions")


def _event(event: Event) -> Iterator[Problem]:
    if event.name == EVALUATION:
        if not event.attributes.get("gen_ai.evaluation.name"):
            yield Problem("missing", "gen_ai.evaluation.name", f"gen_ai.evaluation.name is required of {EVALUATION}")
        given = ("gen_ai.evaluation.score.value", "gen_ai.evaluation.score.label", "error.type")
        if all(event.attributes.get(name) is None for name in given):
            yield Problem("missing", given[0], f"{EVALUATION} has neither a score's value nor its label nor an error")
    elif event.name == "exception" and not (
        event.attributes.get("exception.type") or event.attributes.get("exception.message")
    ):
        yield Problem("missing", "exception.type", "an event exception needs exception.type or exception.message")
    yield from _attributes(event.attributes)


def _is(value: Any, kind: _Type) -> bool:
    match kind:
        case "text":
            return isinstance(value, str)
        case "int":
            return isinstance(value, int) and not isinstance(value, bool)
        case "double":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "bool":
            return isinstance(value, bool)
        case "texts":
            return isinstance(value, list | tuple) and all(
                isinstance(item, str) for item in cast("list[object]", value)
            )
        case "any":
            return True


def _content(name: str, value: Any) -> str:
    """What is wrong with messages: the schemas ask for roles and typed parts (of answers, why they ended)."""
    if name not in ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions"):
        return ""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return "is no JSON"
    if not isinstance(value, list | tuple):
        return "is no list"
    for number, item in enumerate(cast("list[Any]", value)):
        keys = ("type",) if name == "gen_ai.system_instructions" else ("role", "parts")
        if name == "gen_ai.output.messages":
            keys = (*keys, "finish_reason")
        entry = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
        if lacking := [key for key in keys if key not in entry]:
            return f"lacks {lacking[0]!r} in its item {number}"
        parts = entry.get("parts", ())
        if not isinstance(parts, list | tuple) or not all(
            isinstance(part, dict) and "type" in part for part in cast("list[Any]", parts)
        ):
            return f"has a part without a type in its item {number}"
    return ""

"""OpenAI's chat messages, one conversation a line: `{"messages": […], "metadata": {…}}`, with tool calls.

Also read: a conversation that is a bare list of messages, messages of LangChain in any of its forms, `inputs` and
`outputs` that each hold messages, and a request with the `choices` that it got.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import orjson

from gradatim.domain import stable_id
from gradatim.errors import InputError
from gradatim.evals.traces.formats.conversation import conversation_of, parted, spans_of
from gradatim.evals.traces.formats.format import Format
from gradatim.evals.traces.formats.messages import Message, message_of
from gradatim.evals.traces.formats.plain import mapping
from gradatim.evals.traces.formats.streams import dumped, first_keys, values_of, writing
from gradatim.evals.traces.trace import Plain, Trace

_PLAIN = ("role", "content", "tool_calls", "tool_call_id", "name")
"""Keys that OpenAI's messages have; what else is known of a message stands in the metadata, under `turns`."""
_REMEDY = 'give one conversation a line: {"messages": [{"role": "user", "content": "…"}, …]}'
_LANGCHAIN = re.compile(rb'"type"\s*:\s*"(?:human|ai|system|tool|constructor)"')


def sniff(head: bytes) -> bool:
    """Whether it begins with messages, or with an object that holds some."""
    keys = first_keys(head)
    if "messages" in keys or {"role", "content"} <= keys:
        return not {"steps", "eval"} & keys
    if {"inputs", "outputs"} <= keys:
        return b'"messages"' in head
    return "type" in keys and _LANGCHAIN.search(head) is not None


def read(path: Path) -> Iterator[Trace]:
    """Conversations of a file.

    Raises:
        InputError: It cannot be read, or holds something else; names the line.
    """
    for place, value in values_of(path, single=_is_conversation):
        yield _trace(value, place)


def write(path: Path, traces: Iterable[Trace]) -> int:
    """Write traces as conversations, one a line."""
    count = 0
    with writing(path) as file:
        for trace in traces:
            file.write(dumped(line_of(trace), f"trace {trace.id}") + b"\n")
            count += 1
    return count


def line_of(trace: Trace) -> Plain:
    """A trace as a conversation with metadata."""
    found = conversation_of(trace)
    messages: list[Message] = []
    turns: dict[str, Plain] = {}
    for number, message in enumerate(found.messages):
        messages.append({key: message[key] for key in _PLAIN if key in message})
        if more := {key: value for key, value in message.items() if key not in _PLAIN}:
            turns[str(number)] = more
    metadata: Plain = {"trace": trace.id, "name": trace.name}
    if trace.attributes:
        metadata["attributes"] = dict(trace.attributes)
    if trace.reference:
        metadata["reference"] = dict(trace.reference)
    if turns:
        metadata["turns"] = turns
    if found.inputs or found.outputs:
        metadata["inputs"], metadata["outputs"] = found.inputs, found.outputs
    return {"messages": messages, "metadata": metadata}


def _trace(value: Any, place: str) -> Trace:
    line = cast("Plain", value) if isinstance(value, dict) else {"messages": value}
    metadata = mapping(line.get("metadata"))
    held = _held(line)
    if not held:
        raise InputError("holds no messages", place=place, remedy=_REMEDY)
    more = mapping(metadata.get("turns"))
    messages: list[Message] = []
    for number, item in enumerate(held):
        message = message_of(item)
        if message is None:
            raise InputError(f"messages[{number}] has no role that is known", place=place, remedy=_REMEDY)
        messages.append(message | mapping(more.get(str(number))))
    said = metadata.get("trace") or line.get("id") or line.get("run_id")
    trace_id = str(said) if said else stable_id(orjson.dumps(messages, default=str).decode(), place, length=32)
    name = str(metadata.get("name") or line.get("name") or "conversation")
    attributes = mapping(metadata.get("attributes"))
    if "trace" not in metadata:
        attributes |= {key: value for key, value in metadata.items() if key not in ("turns", "attributes")}
        if isinstance(line.get("model"), str):
            attributes["model"] = line["model"]
    inputs, outputs = parted(messages)
    if "inputs" in metadata or "outputs" in metadata:
        inputs = _between(messages, metadata.get("inputs"), inputs)
        outputs = _between(messages, metadata.get("outputs"), outputs)
    if isinstance(line.get("tools"), list):
        inputs["tools"] = line["tools"]
    spans = spans_of(messages, trace_id, name, asked="trace" not in metadata)
    return Trace(trace_id, name, inputs, outputs, mapping(metadata.get("reference")), attributes, spans)


def _held(line: Mapping[str, Any]) -> list[Any]:
    """The messages of a line, in whatever way it holds them."""
    held = line.get("messages")
    if not isinstance(held, list) and "inputs" in line:
        held = [*_inner(line.get("inputs")), *_inner(line.get("outputs"))]
    if not isinstance(held, list) and ("role" in line or "type" in line):
        held = [line]
    messages = list(cast("list[Any]", held)) if isinstance(held, list) else []
    if len(messages) == 1 and isinstance(messages[0], list):
        messages = cast("list[Any]", messages[0])
    choices = line.get("choices")
    if choices is None:
        choices = mapping(line.get("response")).get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        answer = cast("Plain", choices[0]).get("message")
        messages += [answer] if answer else []
    return messages


def _inner(part: Any) -> list[Any]:
    held = cast("Plain", part).get("messages") if isinstance(part, dict) else None
    messages = cast("list[Any]", held) if isinstance(held, list) else []
    return cast("list[Any]", messages[0]) if len(messages) == 1 and isinstance(messages[0], list) else messages


def _between(messages: Sequence[Message], ends: Any, otherwise: Plain) -> Plain:
    pair = cast("list[Any]", ends) if isinstance(ends, list) else []
    if len(pair) == 2 and all(isinstance(end, int) for end in pair):
        return {"messages": list(messages[pair[0] : pair[1]])}
    return {} if ends is None and otherwise.keys() == {"messages"} else otherwise


def _is_conversation(items: Sequence[Any]) -> bool:
    """Whether a list is one conversation, and not a list of them."""
    return bool(items) and message_of(items[0]) is not None


FORMAT = Format("openai", "OpenAI messages", (".jsonl", ".jsonl.gz"), sniff, read, write)

"""Conversations in the form of OpenAI's chat messages, whatever form they came in.

Known forms: OpenAI (`role`, `content`, `tool_calls`), LangChain (`type`, `content`; `{"type", "data"}`; its
serialised constructors), the parts of the GenAI conventions (`role`, `parts`) and inspect_ai's (`tool_calls` with
`function` and `arguments`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from gradatim.evals.traces.formats.plain import json_text

Message = dict[str, Any]
_ROLES = {
    "human": "user",
    "ai": "assistant",
    "aimessage": "assistant",
    "aimessagechunk": "assistant",
    "humanmessage": "user",
    "systemmessage": "system",
    "toolmessage": "tool",
    "developer": "system",
    "function": "tool",
    "model": "assistant",
}
_OWN = ("system", "user", "assistant", "tool")
_REPLACED = frozenset({
    "role", "type", "content", "parts", "tool_calls", "tool_call_id", "additional_kwargs", "response_metadata",
    "example", "invalid_tool_calls", "usage_metadata", "id", "name", "lc", "kwargs", "function", "function_call",
    "finish_reason", "status", "error", "refusal", "audio", "annotations", "source", "model", "internal", "metadata",
    "artifact",
})  # fmt: skip
"""Keys of a message of some system whose meaning is taken over, or is about how it was made."""


def message_of(item: Any) -> Message | None:
    """A message in OpenAI's form; `None` where it is no message.

    The result of a tool also has its `error` where that was told, empty for none; OpenAI's own messages do not tell.
    """
    if isinstance(item, Sequence) and not isinstance(item, str | bytes):  # ("user", "Hello")
        pair = cast("Sequence[Any]", item)
        item = {"role": pair[0], "content": pair[1]} if len(pair) == 2 and isinstance(pair[0], str) else None
    if not isinstance(item, Mapping):
        return None
    plain = cast("Mapping[str, Any]", item)
    if plain.get("type") == "constructor" and isinstance(plain.get("kwargs"), dict):
        kind = str((plain.get("id") or [""])[-1])
        plain = {"role": kind, **cast("dict[str, Any]", plain["kwargs"])}
    elif isinstance(plain.get("data"), dict) and "type" in plain and "content" not in plain:
        plain = {**cast("dict[str, Any]", plain["data"]), "role": plain["type"]}
    said = str(plain.get("role") or plain.get("type") or "").lower()
    role = said if said in _OWN else _ROLES.get(said)
    if role is None:
        return None
    calls = [call for held in _calls(plain) if (call := _call(held)) is not None]
    message: Message = {"role": role, "content": text_of(plain.get("content", plain.get("parts")))}
    if not message["content"] and calls:
        message["content"] = None
    if calls:
        message["tool_calls"] = calls
    if role == "tool":
        message["tool_call_id"] = str(plain.get("tool_call_id") or _response_id(plain) or "")
        if name := plain.get("name") or plain.get("function"):
            message["name"] = str(name)
        if plain.get("error") or plain.get("status") == "error":
            message["error"] = str(_error(plain.get("error")) or message["content"])
        elif "error" in plain or "status" in plain:
            message["error"] = ""
    elif isinstance(plain.get("name"), str) and plain["name"]:
        message["name"] = plain["name"]
    return message | {str(key): value for key, value in plain.items() if key not in _REPLACED}


def text_of(content: Any) -> str:
    """The text of a message's content: itself, or of its parts one after the other."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        parts = (_part(part) for part in cast("Sequence[Any]", content))
        return "\n".join(part for part in parts if part)
    return str(content)


def arguments_of(call: Mapping[str, Any]) -> Any:
    """The arguments of a tool call, as data where they are JSON."""
    held: Any = cast("Mapping[str, Any]", call.get("function") or {}).get("arguments")
    if isinstance(held, str):
        try:
            return orjson.loads(held)
        except orjson.JSONDecodeError:
            return held
    return held


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping):
        return ""
    plain = cast("Mapping[str, Any]", part)
    kind = plain.get("type", "text")
    if kind in ("text", "input_text", "output_text"):
        return str(plain.get("text", plain.get("content")) or "")
    if kind == "tool_call_response":
        result = plain.get("result", plain.get("response"))
        return result if isinstance(result, str) else json_text(result)
    if kind in ("tool_call", "tool_use", "reasoning", "thinking"):
        return ""
    return f"[{kind}]"


def _calls(plain: Mapping[str, Any]) -> list[Any]:
    held = plain.get("tool_calls") or cast("Mapping[str, Any]", plain.get("additional_kwargs") or {}).get("tool_calls")
    calls = list(cast("Sequence[Any]", held)) if isinstance(held, Sequence) and not isinstance(held, str) else []
    for key in ("parts", "content"):
        parts = plain.get(key)
        if isinstance(parts, list) and not calls:
            calls = [part for part in cast("list[Any]", parts) if _is_call(part)]
    if not calls and isinstance(plain.get("function_call"), dict):
        calls = [{"id": "", "function": plain["function_call"]}]
    return calls


def _is_call(part: Any) -> bool:
    return isinstance(part, Mapping) and cast("Mapping[str, Any]", part).get("type") in ("tool_call", "tool_use")


def _call(held: Any) -> dict[str, Any] | None:
    if not isinstance(held, Mapping):
        return None
    plain = cast("Mapping[str, Any]", held)
    function = plain.get("function")
    if isinstance(function, Mapping):  # OpenAI
        inner = cast("Mapping[str, Any]", function)
        name, arguments = inner.get("name"), inner.get("arguments")
    else:  # inspect_ai, LangChain, the conventions, Anthropic
        name = function or plain.get("name")
        arguments = next((plain[key] for key in ("arguments", "args", "input") if key in plain), None)
    if not name:
        return None
    text = arguments if isinstance(arguments, str) else json_text({} if arguments is None else arguments)
    return {
        "id": str(plain.get("id") or ""),
        "type": "function",
        "function": {"name": str(name), "arguments": text},
    }


def _response_id(plain: Mapping[str, Any]) -> Any:
    parts = plain.get("parts")
    for part in cast("list[Any]", parts) if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and cast("Mapping[str, Any]", part).get("id"):
            return cast("Mapping[str, Any]", part)["id"]
    return None


def _error(error: Any) -> Any:
    return cast("Mapping[str, Any]", error).get("message") if isinstance(error, Mapping) else error

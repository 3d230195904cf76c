"""A chat request as llama.cpp wants it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

from gradatim.serving.schema import NAMED
from gradatim.serving.transport import Payload, RequestRefused

LONGEST_TOKEN = 48
"""Bytes of text that a token stands for at most, but for runs of blanks: more than that cannot fit."""
_PIECE = 31
"""Bytes of a text that llguidance keeps in one piece."""
_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_UNUSED = r"\x7f"
"""A letter that no text holds; a class of two letters is not made part of a piece."""


def native_payload(payload: Payload) -> Payload:
    """A payload as llama.cpp wants it.

    A JSON schema becomes a grammar of ours: the server's own way allows a code fence and any amount of white
    space, in which small models lose themselves until their tokens are spent.
    """
    native: Payload = {
        **payload,
        "stream": True,
        "stream_options": {"include_usage": True},
        "return_progress": True,  # calls back between batches of the prompt, where a request can be stopped
    }
    form = native.pop("response_format", None)
    if form is not None and form.get("type") == "json_schema":
        spacing = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
        schema = json.dumps({"x-guidance": spacing, **whole(form["json_schema"]["schema"])})
        native["grammar"] = f"%llguidance {{}}\nstart: %json {schema}"
    elif form is not None:
        native["response_format"] = form
    return native


def whole(schema: Any, *, names: bool = False) -> Any:
    """A JSON schema whose texts llguidance holds to their end.

    Up to its version 1.7.0, a text of an enumeration ends there after a piece in which something stands that JSON
    escapes (a quote, a backslash): answers are cut off in the middle of a fact, and fit no more. Such texts become a
    pattern that has those letters in classes of their own.

    Args:
        names: Whether the keys are names of properties, and no keywords.
    """
    if isinstance(schema, list):
        return [whole(item) for item in cast("list[Any]", schema)]
    if not isinstance(schema, Mapping):
        return schema
    plain = dict(cast("Mapping[str, Any]", schema))
    if names or not plain.keys() & {"const", "enum"}:
        return {key: whole(value, names=not names and key in NAMED) for key, value in plain.items()}
    listed: list[Any] = [plain["const"]] if "const" in plain else list(plain["enum"])
    broken = [value for value in listed if isinstance(value, str) and _breaks(value)]
    if not broken:
        return plain
    rest = [value for value in listed if value not in broken]
    pattern = {"type": "string", "pattern": f"^(?:{'|'.join(map(_spelt, broken))})$"}
    others = {key: value for key, value in plain.items() if key not in ("const", "enum", "type")}
    return {**others, "anyOf": [{"enum": rest}, pattern]} if rest else {**others, **pattern}


def _breaks(text: str) -> bool:
    return len(text.encode("utf-8", "surrogatepass")) >= _PIECE and _ESCAPED.search(text) is not None


def _spelt(text: str) -> str:
    """A pattern that this text fits alone, if nobody writes letters that are not used."""
    return "".join(
        f"[\\x{ord(letter):02x}{_UNUSED}]" if _ESCAPED.match(letter) else re.escape(letter) for letter in text
    ).replace("\\ ", " ")


def fitted(payload: Payload, context: int, count: Callable[[Payload], int], place: str) -> Payload:
    """The payload with no more tokens of answers than there is room for, or the refusal of a prompt that is too long.

    All samples of a request share the model's context. Where one of them has no room left it ends with
    `finish_reason` "length", as an answer that has used up its `max_tokens`.

    Args:
        context: Tokens that fit, prompt and answers together.
        count: Tokens of a payload's prompt; only asked where the text is long enough for it to matter.
        place: The model, for errors.

    Raises:
        RequestRefused: The prompt does not fit (status 400).
    """
    size = sum(len(str(message.get("content") or "").encode()) + 16 for message in _messages(payload))
    samples = int(payload.get("n") or 1)
    wanted = int(payload.get("max_tokens") or payload.get("max_completion_tokens") or context)
    if size + samples * wanted < context:  # a token is a byte at least
        return payload
    if size > context * LONGEST_TOKEN:
        raise _too_long(f"{size:,} bytes", context, place)
    tokens = count(payload)
    if tokens >= context:
        raise _too_long(f"{tokens:,} tokens", context, place)
    room = max(1, (context - tokens - samples) // samples)
    return payload if wanted <= room else {**payload, "max_tokens": room}


def _too_long(size: str, context: int, place: str) -> RequestRefused:
    return RequestRefused(
        f"the prompt is too long: it has {size}, and the model's context holds {context:,} tokens, prompt and answer "
        "together",
        status=400,
        place=place,
        remedy="shorten the prompt",
    )


def _messages(payload: Payload) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", payload.get("messages") or [])

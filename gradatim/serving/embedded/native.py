"""A chat request as llama.cpp wants it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from gradatim.serving.transport import Payload, RequestRefused

LONGEST_TOKEN = 48
"""Bytes of text that a token stands for at most, but for runs of blanks: more than that cannot fit."""


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
        schema = json.dumps({"x-guidance": spacing, **form["json_schema"]["schema"]})
        native["grammar"] = f"%llguidance {{}}\nstart: %json {schema}"
    elif form is not None:
        native["response_format"] = form
    return native


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

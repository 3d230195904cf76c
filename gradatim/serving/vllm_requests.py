"""Chat payloads as vLLM's engine takes them, and what it gives as OpenAI's completions and chunks."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

from gradatim.serving.steering.requests import take_steering
from gradatim.serving.steering.vllm import sampling_arguments
from gradatim.serving.transport import Chunk, Completion, Payload, RequestRefused

_SAMPLING = (
    "temperature", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty", "seed",
    "stop", "logit_bias",
)  # fmt: skip
"""Keys that vLLM's sampling parameters know under the same name."""
_OTHERS = (
    "model", "messages", "n", "max_tokens", "max_completion_tokens", "logprobs", "top_logprobs", "response_format",
    "structured_outputs", "vllm_xargs", "add_generation_prompt", "continue_final_message", "chat_template_kwargs",
    "stream", "stream_options", "user",
)  # fmt: skip
_KNOWN = frozenset((*_SAMPLING, *_OTHERS))
_STRUCTURES = ("json", "regex", "choice", "grammar", "json_object", "structural_tag")
_LOWEST = -9999.0
"""Log-probability that stands for minus infinity, which JSON does not have."""


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """A request as the engine takes it.

    Attributes:
        tokens: The prompt.
        parameters: vLLM's `SamplingParams`.
        top: Alternatives to be reported for each token; `None` for no log-probabilities.
    """

    tokens: list[int]
    parameters: Any
    top: int | None


def engine_request(
    payload: Payload, *, name: str, tokenizer: Any, limit: int, defaults: Mapping[str, Any], stream: bool, place: str
) -> EngineRequest:
    """A payload as a request of the engine.

    Args:
        name: The model's name, which the payload has to carry.
        limit: Tokens that prompt and answer may have together.
        defaults: Sampling of the model's own generation config.

    Raises:
        RequestRefused: The payload asks for what cannot be done (404 for another model, else 400).
    """
    steering, payload = take_steering(payload)
    unknown = sorted(set(payload) - _KNOWN)
    if unknown:
        raise _refused(f"knows no {', '.join(unknown)}", place, "leave it out")
    if payload.get("model") not in (None, name):
        raise RequestRefused(
            f"the model {payload['model']!r} does not exist", status=404, place=place, remedy=f"its name is {name}"
        )
    tokens = _prompt(payload, tokenizer, place)
    if len(tokens) >= limit:
        raise _refused(f"the prompt has {len(tokens):,} tokens, the model takes {limit:,}", place, "shorten it")
    given = {key: payload[key] for key in _SAMPLING if payload.get(key) is not None}
    extras: dict[str, Any] = {**(payload.get("vllm_xargs") or {}), **(sampling_arguments(steering) if steering else {})}
    structure = _structure(payload, place)
    vllm: Any = import_module("vllm.sampling_params")
    kinds = vllm.RequestOutputKind
    try:
        if "logit_bias" in given:
            given["logit_bias"] = {int(token): float(bias) for token, bias in given["logit_bias"].items()}
        wanted = int(payload.get("max_tokens") or payload.get("max_completion_tokens") or limit)
        top = int(payload.get("top_logprobs") or 0) if payload.get("logprobs") else None
        parameters = vllm.SamplingParams(
            **{**{key: value for key, value in defaults.items() if key in _SAMPLING}, **given},
            n=1 if payload.get("n") is None else int(payload["n"]),
            max_tokens=min(wanted, limit - len(tokens)),
            logprobs=top,
            structured_outputs=vllm.StructuredOutputsParams(**structure) if structure else None,
            extra_args=extras or None,
            output_kind=kinds.DELTA if stream else kinds.FINAL_ONLY,
        )
    except Exception as error:  # vLLM's own validation errors, msgspec's, ValueError, TypeError
        raise _refused(str(error), place, "correct the request") from error
    return EngineRequest(tokens, parameters, top)


def completion(output: Any, request: EngineRequest, *, name: str) -> Completion:
    """The whole answer of a `RequestOutput`."""
    outputs = sorted(output.outputs, key=lambda item: item.index)
    return {
        "id": output.request_id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": name,
        "choices": [
            {
                "index": item.index,
                "message": {"role": "assistant", "content": item.text},
                "finish_reason": item.finish_reason,
                "logprobs": _logprobs(item, request.top),
            }
            for item in outputs
        ],
        "usage": usage(
            len(request.tokens), sum(len(item.token_ids) for item in outputs), output.num_cached_tokens or 0
        ),
    }


def chunk(output: Any, request: EngineRequest, *, name: str, begun: set[int]) -> Chunk:
    """A piece of the answer.

    Args:
        begun: Samples of which something was told already; those that begin here are added.
    """
    choices: list[dict[str, Any]] = []
    for item in output.outputs:
        delta: dict[str, Any] = {"content": item.text}
        if item.index not in begun:
            begun.add(item.index)
            delta["role"] = "assistant"
        choices.append(
            {
                "index": item.index,
                "delta": delta,
                "finish_reason": item.finish_reason,
                "logprobs": _logprobs(item, request.top),
            }
        )
    return {**_chunk(output.request_id, name), "choices": choices}


def last_chunk(run: str, spent: dict[str, Any], *, name: str) -> Chunk:
    """The chunk that carries the usage."""
    return {**_chunk(run, name), "choices": [], "usage": spent}


def usage(prompt: int, answers: int, cached: int) -> dict[str, Any]:
    """Tokens as OpenAI counts them: those of the prompt once, however many samples it gave."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": answers,
        "total_tokens": prompt + answers,
        "prompt_tokens_details": {"cached_tokens": min(cached, prompt)},
    }


def _chunk(run: str, name: str) -> Chunk:
    return {"id": run, "object": "chat.completion.chunk", "created": int(time.time()), "model": name}


def _prompt(payload: Payload, tokenizer: Any, place: str) -> list[int]:
    messages = [_message(item, place) for item in cast("Iterable[Any]", payload.get("messages") or ())]
    if not messages:
        raise _refused("there are no messages", place, "give at least one")
    continued = bool(payload.get("continue_final_message"))
    try:
        text = tokenizer.apply_chat_template(
            messages,
            tokenize=False,
            add_generation_prompt=bool(payload.get("add_generation_prompt", not continued)),
            continue_final_message=continued,
            **(payload.get("chat_template_kwargs") or {}),
        )
    except Exception as error:  # a template raises what it likes: Jinja's errors, ValueError, TypeError
        raise _refused(f"the chat template refuses the messages: {error}", place, "see its chat_template") from error
    return list(tokenizer.encode(text, add_special_tokens=False))


def _message(item: Any, place: str) -> dict[str, Any]:
    """A message whose content is text; parts of text are joined."""
    if not isinstance(item, dict):
        raise _refused("a message is not an object", place, 'write {"role": …, "content": …}')
    message = dict(cast("dict[str, Any]", item))
    content = message.get("content")
    if isinstance(content, list):
        parts = [cast("dict[str, Any]", part) for part in cast("list[Any]", content) if isinstance(part, dict)]
        if len(parts) != len(cast("list[Any]", content)) or any(part.get("type") != "text" for part in parts):
            raise _refused("a message holds more than text", place, "send text alone")
        message["content"] = "".join(str(part["text"]) for part in parts)
    elif content is None:
        message["content"] = ""
    return message


def _structure(payload: Payload, place: str) -> dict[str, Any]:
    """Arguments of the constraint on the answer; none where there is none."""
    form: dict[str, Any] = payload.get("response_format") or {}
    given: dict[str, Any] = payload.get("structured_outputs") or {}
    wanted: dict[str, Any]
    match form.get("type"):
        case None | "text":
            wanted = {key: value for key, value in given.items() if value is not None}
        case "json_object":
            wanted = {"json_object": True}
        case "json_schema":
            described: dict[str, Any] = form.get("json_schema") or {}
            schema: Any = described.get("schema")
            if not isinstance(schema, dict):
                raise _refused("response_format has no schema", place, 'give {"json_schema": {"schema": …}}')
            wanted = {"json": schema}
        case other:
            raise _refused(f"knows no response_format {other!r}", place, "use json_schema, json_object or text")
    unknown = sorted(set(wanted) - {*_STRUCTURES, "disable_any_whitespace", "whitespace_pattern"})
    if unknown:
        raise _refused(f"structured_outputs knows no {', '.join(unknown)}", place, f"use {', '.join(_STRUCTURES)}")
    return wanted


def _logprobs(item: Any, top: int | None) -> dict[str, Any] | None:
    if top is None or item.logprobs is None:
        return None
    content: list[dict[str, Any]] = []
    for token, ranked in zip(item.token_ids, item.logprobs, strict=False):
        others = sorted(ranked.values(), key=lambda other: other.rank or 0)
        content.append({**_token(ranked[token]), "top_logprobs": [_token(other) for other in others[:top]]})
    return {"content": content}


def _token(entry: Any) -> dict[str, Any]:
    text = entry.decoded_token or ""
    return {
        "token": text,
        "logprob": max(float(entry.logprob), _LOWEST),
        "bytes": list(text.encode("utf-8", "replace")),
    }


def _refused(message: str, place: str, remedy: str) -> RequestRefused:
    return RequestRefused(message, status=400, place=place, remedy=remedy)

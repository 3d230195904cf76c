"""Questions to models as spans (`chat`), by the GenAI conventions: what was asked for, what it took, how it ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, convert_to_openai_messages
from langchain_core.outputs import ChatResult, Generation, LLMResult

from gradatim import telemetry
from gradatim.telemetry import Work, names

_ROLES = {"developer": "system"}


def question(name: str, endpoint: str, request: Mapping[str, Any], *, stream: bool = False) -> Work:
    """A question as a span that is not begun yet.

    Args:
        name: Of the model.
        endpoint: Its address, or the file that it is.
        request: What is asked for, by OpenAI's names: `temperature`, `top_p`, `max_tokens`, `seed`, `n`,
            `response_format`.
    """
    wanted = request.get("response_format")
    return telemetry.chat(
        name,
        provider_of(endpoint),
        temperature=_number(request.get("temperature")),
        top_p=_number(request.get("top_p")),
        max_tokens=request.get("max_tokens"),
        seed=request.get("seed"),
        choices=request.get("n"),
        output="json" if wanted else None,
        stream=stream,
    )


def provider_of(endpoint: str) -> str:
    """`gen_ai.provider.name` of an endpoint: whose interface it speaks."""
    if endpoint.startswith(("http://", "https://")):
        return "openai"
    return "vllm" if endpoint.startswith("vllm:") else "llama.cpp" if endpoint.endswith(".gguf") else names.OWN_PROVIDER


def tell_place(work: Work, endpoint: str) -> None:
    """Say where the model is, if it is at an address."""
    if work.listened_to and endpoint.startswith(("http://", "https://")):
        place = urlsplit(endpoint.split(",")[0])
        work.set(names.SERVER, place.hostname)
        work.set(names.PORT, place.port or (443 if place.scheme == "https" else 80))


def tell_messages(work: Work, messages: Sequence[BaseMessage] | Sequence[Mapping[str, Any]]) -> None:
    """Write down what a model was asked, where content is kept."""

    def make() -> list[dict[str, Any]]:
        plain = [_plain(message) for message in messages]
        return [{"role": _ROLES.get(item["role"], item["role"]), "parts": _parts(item)} for item in plain]

    work.content(names.INPUT_MESSAGES, make)


def tell_answer(work: Work, name: str, result: ChatResult | LLMResult) -> None:
    """Say how a question ended: tokens, reasons for the end, and the answers where content is kept."""
    if not work.listened_to:
        return
    samples = _samples(result)
    reasons = [str(_info(sample).get("finish_reason") or "unknown") for sample in samples]
    told = (_info(sample).get("model_name") for sample in samples)
    work.set(names.RESPONSE_MODEL, next((str(item) for item in told if item), name))
    work.set(names.FINISH_REASONS, reasons)
    for sample in samples:
        spent = getattr(getattr(sample, "message", None), "usage_metadata", None)
        if spent:
            tell_usage(work, spent)
            break
    work.content(
        names.OUTPUT_MESSAGES,
        lambda: [_said(_text(sample), reason) for sample, reason in zip(samples, reasons, strict=True)],
    )


def tell_streamed(work: Work, name: str, text: str, reason: str | None) -> None:
    """Say how an answer that came in pieces ended."""
    if not work.listened_to:
        return
    work.set(names.RESPONSE_MODEL, name)
    work.set(names.FINISH_REASONS, [reason or "unknown"])
    work.content(names.OUTPUT_MESSAGES, lambda: [_said(text, reason or "unknown")])


def tell_usage(work: Work, spent: Mapping[str, Any]) -> None:
    """Say what a question took, by LangChain's `usage_metadata`."""
    work.set(names.INPUT_TOKENS, spent.get("input_tokens"))
    work.set(names.OUTPUT_TOKENS, spent.get("output_tokens"))
    details: Mapping[str, Any] = spent.get("input_token_details") or {}
    work.set(names.CACHED_TOKENS, details.get("cache_read") or None)


def endpoint_of(model: BaseChatModel) -> str:
    """Where a model is, as far as it says so."""
    return str(getattr(model, "endpoint", None) or getattr(model, "openai_api_base", None) or "")


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _samples(result: ChatResult | LLMResult) -> Sequence[Generation]:
    if isinstance(result, ChatResult):
        return result.generations
    return result.generations[0] if result.generations else []


def _said(text: str, reason: str) -> dict[str, Any]:
    return {"role": "assistant", "parts": [{"type": "text", "content": text}], "finish_reason": reason}


def _plain(message: BaseMessage | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(message, BaseMessage):
        return convert_to_openai_messages(message)
    return dict(message)


def _parts(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    content: Any = message.get("content")
    if isinstance(content, str) or content is None:
        return [{"type": "text", "content": content or ""}]
    return [
        {"type": "text", "content": str(part.get("text", ""))} if part.get("type") == "text" else {"type": part["type"]}
        for part in cast("list[dict[str, Any]]", content)
    ]


def _info(sample: Generation) -> dict[str, Any]:
    message = getattr(sample, "message", None)
    known: dict[str, Any] = message.response_metadata if isinstance(message, AIMessage) else {}
    return {**known, **(sample.generation_info or {})}


def _text(sample: Generation) -> str:
    message = getattr(sample, "message", None)
    return str(message.text) if isinstance(message, BaseMessage) else sample.text

"""Answers of a schema from models that do not always keep to it.

An answer is validated, repaired once by showing the model what was wrong, and otherwise given up with the
reason: garbage never raises, only a model that cannot be reached does.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.runnables.config import ensure_config

from gradatim.domain import Usage
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.chat_base import SchemaChatModel
from gradatim.serving.schema import NotJson, SchemaLike, fit, json_schema, read_json, response_format
from gradatim.serving.steering.terms import Steering
from gradatim.serving.telling import endpoint_of, question, tell_answer, tell_messages
from gradatim.serving.transport import RequestRefused

_SHOWN = 2000
"""Characters of a broken answer that the repair request shows."""
_TAGS = ["nostream"]
"""LangGraph keeps answers with this tag out of its message stream: raw JSON that nobody has checked yet."""
_VALUE = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d[\d.eE+-]*|true|false|null')


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the answers.

    Attributes:
        value: The pydantic object (or plain JSON, for a schema given as data); `None` if it could not be had.
        raw: What the model wrote, the repaired answer if there was a repair.
        repaired: Whether the value comes from the second try.
        reason: Why there is no value.
        mean_logprob: Mean natural log-probability of the tokens that make up the values of the JSON, keys and
            punctuation left out (a schema dictates those); `None` where the model tells none.
    """

    value: Any
    raw: str
    repaired: bool = False
    reason: str | None = None
    mean_logprob: float | None = None


@dataclass(frozen=True, slots=True)
class StructuredAnswer:
    """All samples of one question, and what they cost.

    Attributes:
        samples: As many as were asked for, in the model's order; at least one.
        usage: Tokens of all requests.
        seconds: Time from question to answer.
        model: The model's name.
    """

    samples: tuple[Sample, ...]
    usage: Usage
    seconds: float
    model: str

    @property
    def value(self) -> Any:
        """Value of the first sample that has one."""
        return next((sample.value for sample in self.samples if sample.value is not None), None)

    @property
    def degraded(self) -> bool:
        """Whether no sample has a value."""
        return self.value is None

    @property
    def reason(self) -> str | None:
        """Why there is no value, when there is none."""
        return self.samples[0].reason if self.degraded else None


async def ask_structured(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    schema: SchemaLike,
    *,
    n: int = 1,
    temperature: float = 0.0,
    max_tokens: int,
    seed: int | None = None,
    steering: Steering | None = None,
) -> StructuredAnswer:
    """Ask a model for JSON.

    Args:
        model: Any LangChain chat model. Where its class is not known to take `response_format`, the schema is
            put into the prompt instead; where it does not take `n`, it is asked `n` times.
        messages: The question.
        schema: A pydantic model or a JSON schema.
        n: Samples, from one request.
        temperature: 0 for the likeliest answer.
        max_tokens: Tokens of one sample.
        seed: For samples that can be had again, as far as the model's arithmetic is the same each time
            (a cached prompt can change the last digits of a probability).
        steering: Terms of controlled decoding, for models of ours; others are asked without.

    Raises:
        ModelError: The model cannot be reached or refuses the request.
    """
    started = time.monotonic()
    arguments: dict[str, Any] = {"temperature": temperature, "max_tokens": max_tokens, "seed": seed}
    if steering is not None and isinstance(model, SchemaChatModel):
        arguments["steering"] = steering
    question = _Question(model, schema, arguments)
    generations, usage = await question.ask(messages, n)
    repairs = await asyncio.gather(*(question.settle(messages, generation) for generation in generations))
    seconds = time.monotonic() - started
    spent = sum((spent for _, spent in repairs), usage)
    return StructuredAnswer(
        samples=tuple(sample for sample, _ in repairs),
        usage=spent.model_copy(update={"seconds": seconds}),
        seconds=seconds,
        model=model_name(model),
    )


def model_name(model: BaseChatModel) -> str:
    """The name that a chat model goes by in traces."""
    return str(getattr(model, "model_name", None) or getattr(model, "model", None) or type(model).__name__)


class _Question:
    """A schema and a model, and what is known about how that model wants to be asked."""

    def __init__(self, model: BaseChatModel, schema: SchemaLike, arguments: dict[str, Any]) -> None:
        self._model = model
        self._schema = schema
        self._arguments = {key: value for key, value in arguments.items() if value is not None}
        openai = model._llm_type == "openai-chat"  # pyright: ignore[reportPrivateUsage]
        self._constrained = bool(getattr(model, "supports_json_schema", openai))
        self._sampling = bool(getattr(model, "supports_samples", openai))

    async def ask(self, messages: Sequence[BaseMessage], n: int) -> tuple[list[ChatGeneration], Usage]:
        """Generations of one request (or of `n`, where the model gives only one at a time)."""
        if n > 1 and not self._sampling:
            single = await asyncio.gather(*(self.ask(messages, 1) for _ in range(n)))
            return [item for items, _ in single for item in items], sum((spent for _, spent in single), Usage())
        try:
            return await self._request(messages, n)
        except RequestRefused as error:
            if error.status not in (400, 422) or not self._constrained:
                raise
        self._constrained = False  # an endpoint that knows no JSON schemas
        return await self._request(messages, n)

    async def _request(self, messages: Sequence[BaseMessage], n: int) -> tuple[list[ChatGeneration], Usage]:
        arguments: dict[str, Any] = {**self._arguments, "stream": False}
        if self._sampling and n > 1:
            arguments["n"] = n
        if self._constrained:
            arguments["response_format"] = response_format(self._schema)
        else:
            messages = [*messages, HumanMessage(self._instructions())]
        if isinstance(self._model, OpenAIChat):  # tells of its questions itself
            result = await self._generated(messages, arguments)
        else:
            name = model_name(self._model)
            with question(name, endpoint_of(self._model), arguments) as work:
                tell_messages(work, messages)
                result = await self._generated(messages, arguments)
                tell_answer(work, name, result)
        generations = [item for item in result.generations[0] if isinstance(item, ChatGeneration)]
        return generations, _usage(generations)

    async def _generated(self, messages: Sequence[BaseMessage], arguments: dict[str, Any]) -> LLMResult:
        config = ensure_config()  # so that the run shows up below the node that asks
        return await self._model.agenerate(
            [list(messages)],
            callbacks=config.get("callbacks"),
            tags=[*config.get("tags", []), *_TAGS],
            metadata=config.get("metadata"),
            **arguments,
        )

    def _instructions(self) -> str:
        schema = json.dumps(json_schema(self._schema))
        return f"Answer with one JSON object of this schema and nothing else: {schema}"

    async def settle(self, messages: Sequence[BaseMessage], generation: ChatGeneration) -> tuple[Sample, Usage]:
        """A generation's value, after one repair where it needs one."""
        try:
            return self._read(generation), Usage()
        except NotJson as error:
            problem = str(error)
        raw = _text(generation)
        shown = raw if len(raw) <= _SHOWN else f"{raw[:_SHOWN]}…"
        complaint = HumanMessage(
            f"That answer cannot be used: {problem}. Answer again, briefly, with only the corrected JSON."
        )
        # An empty assistant turn is refused by some chat templates.
        turn = [AIMessage(shown)] if shown.strip() else []
        repairs, spent = await self.ask([*messages, *turn, complaint], 1)
        try:
            return self._read(repairs[0], repaired=True), spent
        except NotJson as error:
            reason = f"no valid answer after one repair: {error}"
            if str(error) != problem:
                reason += f" (first: {problem})"
            return Sample(None, _text(repairs[0]), reason=reason, mean_logprob=_mean_logprob(repairs[0])), spent

    def _read(self, generation: ChatGeneration, *, repaired: bool = False) -> Sample:
        text = _text(generation)
        try:
            value = fit(read_json(text), self._schema)
        except NotJson as error:
            if _finish_reason(generation) == "length":
                raise NotJson(f"it was cut off after {self._arguments['max_tokens']} tokens") from error
            raise
        return Sample(value, text, repaired, mean_logprob=_mean_logprob(generation))


def _text(generation: ChatGeneration) -> str:
    return str(generation.message.text)


def _finish_reason(generation: ChatGeneration) -> str | None:
    return {**generation.message.response_metadata, **(generation.generation_info or {})}.get("finish_reason")


def _usage(generations: Sequence[ChatGeneration]) -> Usage:
    # Models put the request's total on the first message, some repeat it on the others.
    message = cast("AIMessage", generations[0].message)
    spent = getattr(message, "usage_metadata", None)
    if not spent:
        return Usage(requests=1, samples=len(generations))
    return Usage(
        input_tokens=spent["input_tokens"],
        output_tokens=spent["output_tokens"],
        cached_tokens=spent.get("input_token_details", {}).get("cache_read", 0),
        requests=1,
        samples=len(generations),
    )


def _mean_logprob(generation: ChatGeneration) -> float | None:
    info = {**generation.message.response_metadata, **(generation.generation_info or {})}
    logprobs: dict[str, Any] = info.get("logprobs") or {}
    tokens: list[dict[str, Any]] = logprobs.get("content") or []
    values = _value_logprobs(tokens) or [float(token["logprob"]) for token in tokens]
    if values:
        return sum(values) / len(values)
    mean = info.get("mean_logprob")
    return None if mean is None else float(mean)


def _value_logprobs(tokens: Sequence[dict[str, Any]]) -> list[float]:
    """Log-probabilities of the tokens that begin inside a value of the JSON that the tokens spell."""
    pieces = [bytes(token["bytes"]) if token.get("bytes") else str(token["token"]).encode() for token in tokens]
    inside: set[int] = set()
    for match in _VALUE.finditer(b"".join(pieces)):
        if match.group(2) is None:  # not a key
            inside.update(range(*(match.span(1) if match.group(1) is not None else match.span())))
    found: list[float] = []
    start = 0
    for token, piece in zip(tokens, pieces, strict=True):
        if piece and start in inside:
            found.append(float(token["logprob"]))
        start += len(piece)
    return found

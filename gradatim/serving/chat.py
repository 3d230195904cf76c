"""`OpenAIChat`: the one LangChain chat model for endpoints and for the embedded model."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.messages.tool import ToolCall, tool_call
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import ConfigDict, Field

from gradatim.errors import ModelError
from gradatim.serving.blocking import iterate_blocking, run_blocking
from gradatim.serving.chat_base import SchemaChatModel
from gradatim.serving.schema import response_format
from gradatim.serving.steering.terms import Steering
from gradatim.serving.telling import question, tell_answer, tell_messages, tell_place, tell_streamed, tell_usage
from gradatim.serving.tool_calls import call_schema, chosen, read_call, with_instructions
from gradatim.serving.transport import Payload, Transport
from gradatim.telemetry import stepped

_TOOL_ARGUMENTS = ("tools", "tool_choice")
_OWN_ARGUMENTS = (*_TOOL_ARGUMENTS, "stream", "ls_structured_output_format")


class OpenAIChat(SchemaChatModel):
    """A model that speaks OpenAI's chat completions over a transport.

    Every field can be given anew with a call (`model.invoke(messages, temperature=0.7, n=3)`); further
    arguments of a call go into the payload as they are. `response_metadata` of an answer carries
    `model_name`, `finish_reason` and, with `logprobs`, `mean_logprob` (natural logarithm) and the tokens' own
    log-probabilities.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: str
    """Name that the endpoint knows the model by."""
    transport: Any = Field(exclude=True, repr=False)
    """A `Transport`."""
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    max_tokens: int | None = 1024
    """Tokens of one sample at most: a model that does not find its end is stopped there."""
    stop: list[str] | None = None
    logprobs: bool = True
    """Whether to ask for the log-probability of each token."""
    steering: Steering | None = None
    """Words that this learner reads and this task is about, which the model then prefers."""

    @property
    def model_name(self) -> str:
        return self.model

    @property
    def endpoint(self) -> str:
        """Where the model is: an address or a file."""
        return self._carrier.endpoint

    @property
    def _carrier(self) -> Transport:
        return cast("Transport", self.transport)

    @property
    def _llm_type(self) -> str:
        return "gradatim-openai-chat"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "endpoint": self.endpoint}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return run_blocking(self._agenerate(messages, stop, None, **kwargs))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        payload = self._payload(messages, stop, kwargs)
        with question(str(payload["model"]), self.endpoint, payload) as work:
            tell_place(work, self.endpoint)
            tell_messages(work, messages)
            answer = await self._carrier.complete(payload)
            if not answer["choices"]:
                raise ModelError("the model gave no answer", place=self.endpoint)
            result = self._result(answer, kwargs.get("tools"))
            tell_answer(work, self.model, result)
            return result

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in iterate_blocking(self._chunks(messages, stop, kwargs)):
            if run_manager is not None:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for chunk in self._chunks(messages, stop, kwargs):
            if run_manager is not None:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _streaming_disabled(self, **kwargs: Any) -> bool:
        # A streaming callback must not turn several samples into one merged stream.
        return int(kwargs.get("n") or 1) > 1 or super()._streaming_disabled(**kwargs)

    async def _chunks(
        self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]
    ) -> AsyncGenerator[ChatGenerationChunk, None]:
        if int(kwargs.get("n") or 1) > 1:
            raise ValueError("several samples (n > 1) cannot be streamed; use generate or agenerate")
        if kwargs.get("tools"):  # whether an answer is a call shows only when it is whole
            generation = (await self._agenerate(messages, stop, None, **kwargs)).generations[0]
            message = cast("AIMessage", generation.message)
            whole = AIMessageChunk(
                content=message.content,
                tool_calls=message.tool_calls,
                usage_metadata=message.usage_metadata,
                response_metadata=generation.generation_info or {},
            )
            yield ChatGenerationChunk(message=whole, generation_info=generation.generation_info)
            return
        logprobs: list[float] = []
        payload = self._payload(messages, stop, kwargs)
        work = question(str(payload["model"]), self.endpoint, payload, stream=True)
        work.begin()
        tell_place(work, self.endpoint)
        tell_messages(work, messages)
        failure: BaseException | None = None
        said: list[str] = []
        reason: str | None = None
        pieces = self._carrier.stream(payload)
        steps = stepped(work, pieces)
        try:
            async for piece in steps:
                usage = _usage(piece.get("usage"))
                info: dict[str, Any] = {}
                text = ""
                for choice in piece.get("choices", [])[:1]:
                    delta: dict[str, Any] = choice.get("delta") or {}
                    text = delta.get("content") or ""
                    logprobs += [token["logprob"] for token in _tokens(choice)]
                    if choice.get("finish_reason"):
                        reason = str(choice["finish_reason"])
                        info = {"finish_reason": choice["finish_reason"], "model_name": self.model}
                        if logprobs:
                            info["mean_logprob"] = sum(logprobs) / len(logprobs)
                if usage and work.listened_to:
                    tell_usage(work, usage)
                if text or info or usage:
                    said.append(text)
                    message = AIMessageChunk(content=text, usage_metadata=usage, response_metadata=info)
                    yield ChatGenerationChunk(message=message, generation_info=info or None)
        except BaseException as error:
            failure = error
            raise
        finally:
            await steps.aclose()
            await pieces.aclose()
            tell_streamed(work, self.model, "".join(said), reason)
            work.end(failure)

    def _payload(self, messages: Sequence[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]) -> Payload:
        given: dict[str, Any] = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "seed": self.seed,
            "max_tokens": self.max_tokens,
            "stop": stop or self.stop,
            "logprobs": self.logprobs or None,
            "model": self.model,
            "steering": self.steering,
            **{key: value for key, value in kwargs.items() if key not in _OWN_ARGUMENTS},
        }
        if isinstance(given["steering"], Steering):
            given["steering"] = given["steering"].plain()
        if kwargs.get("tools"):
            tools, mode = chosen(kwargs["tools"], kwargs.get("tool_choice"))
            if tools:
                messages = with_instructions(messages, tools, mode)
                given["response_format"] = response_format(call_schema(tools, mode))
        payload = {key: value for key, value in given.items() if value is not None}
        if payload.get("logprobs"):
            payload.setdefault("top_logprobs", 1)  # llama.cpp leaves them all out for 0
        payload["messages"] = convert_to_openai_messages(messages)
        return payload

    def _result(self, answer: dict[str, Any], tools: list[dict[str, Any]] | None) -> ChatResult:
        generations: list[ChatGeneration] = []
        usage = _usage(answer.get("usage"))
        for number, choice in enumerate(answer["choices"]):
            said: dict[str, Any] = choice.get("message") or {}
            text = said.get("content") or ""
            if said.get("tool_calls"):  # a server with tool calling of its own
                message = AIMessage(text, tool_calls=_tool_calls(said["tool_calls"]))
            else:
                message = read_call(text, tools) if tools else AIMessage(text)
            if number == 0:  # the request's tokens are counted once, not with each sample
                message.usage_metadata = usage
            info: dict[str, Any] = {"finish_reason": choice.get("finish_reason"), "model_name": self.model}
            if tokens := _tokens(choice):
                info["mean_logprob"] = sum(token["logprob"] for token in tokens) / len(tokens)
                info["logprobs"] = {"content": tokens}
            generations.append(ChatGeneration(message=message, generation_info=info))
        output: dict[str, Any] = {"model_name": self.model, "token_usage": answer.get("usage")}
        return ChatResult(generations=generations, llm_output=output)


def _tokens(choice: dict[str, Any]) -> list[dict[str, Any]]:
    """Tokens of a choice with their log-probabilities, without the alternatives."""
    logprobs: dict[str, Any] = choice.get("logprobs") or {}
    content: list[dict[str, Any]] = logprobs.get("content") or []
    return [
        {"token": token["token"], "bytes": token.get("bytes"), "logprob": token["logprob"]}
        for token in content
        if isinstance(token.get("logprob"), int | float)
    ]


def _tool_calls(calls: list[dict[str, Any]]) -> list[ToolCall]:
    """OpenAI's tool calls as LangChain's; one whose arguments are not JSON is left out."""
    found: list[ToolCall] = []
    for call in calls:
        function: dict[str, Any] = call.get("function") or {}
        try:
            arguments: Any = json.loads(function.get("arguments") or "{}")
        except ValueError:
            continue
        if isinstance(arguments, dict) and function.get("name"):
            found.append(tool_call(name=str(function["name"]), args=arguments, id=call.get("id")))  # pyright: ignore[reportUnknownArgumentType]
    return found


def _usage(usage: dict[str, Any] | None) -> UsageMetadata | None:
    if not usage:
        return None
    read, written = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
    details: dict[str, Any] = usage.get("prompt_tokens_details") or {}  # vLLM: --enable-prompt-tokens-details
    return UsageMetadata(
        input_tokens=read,
        output_tokens=written,
        total_tokens=read + written,
        input_token_details=InputTokenDetails(cache_read=int(details.get("cached_tokens") or 0)),
    )

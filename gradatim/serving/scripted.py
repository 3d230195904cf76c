"""`ScriptedChat`: a chat model that says what a script tells it, for tests of anything that asks a model."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from gradatim.errors import GradatimError
from gradatim.serving.chat_base import SchemaChatModel
from gradatim.serving.tool_calls import read_call

Answer = str | dict[str, Any] | BaseModel | AIMessage | Exception
"""Text, an object that is written as JSON, a whole message, or an exception that is raised."""
Script = Sequence[Answer] | Callable[[list[BaseMessage]], Answer]
"""Answers in order, or a function from the messages to the answer."""


class ScriptExhausted(GradatimError):
    """A scripted model was asked more often than its script foresees.

    It is not a `ModelError`: code that copes with missing models must not hide a wrong test.
    """


@dataclass(frozen=True, slots=True)
class ScriptedRequest:
    """What a scripted model was asked.

    Attributes:
        messages: The conversation.
        arguments: What came with it: `n`, `temperature`, `response_format`, `tools`, …
    """

    messages: tuple[BaseMessage, ...]
    arguments: dict[str, Any]

    @property
    def text(self) -> str:
        """All messages as one text, to look for words in."""
        return "\n".join(str(message.text) for message in self.messages)


class ScriptedChat(SchemaChatModel):
    """A model for tests.

    It answers `n` samples of one request with the next `n` answers of its script, streams word by word, takes
    tools and structured output like the real ones, and keeps every request in `requests`.

    Example:
        ```python
        model = ScriptedChat(script=["Hello", {"verdict": "wrong"}, ModelError("down")])
        echo = ScriptedChat(script=lambda messages: messages[-1].text)
        ```
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    script: Any
    """A `Script`."""
    name_in_traces: str = "scripted"
    logprob: float | None = Field(default=None, le=0)
    """Mean log-probability that answers report; none when not given."""

    _requests: list[ScriptedRequest] = PrivateAttr(default_factory=list[ScriptedRequest])
    _position: int = PrivateAttr(default=0)

    @property
    def requests(self) -> list[ScriptedRequest]:
        """Everything asked so far, in order."""
        return self._requests

    @property
    def remaining(self) -> int | None:
        """Answers of the script that have not been given; `None` for a function."""
        return None if callable(self.script) else len(self.script) - self._position

    @property
    def model_name(self) -> str:
        return self.name_in_traces

    @property
    def _llm_type(self) -> str:
        return "gradatim-scripted"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self._requests.append(ScriptedRequest(tuple(messages), {**kwargs, **({"stop": stop} if stop else {})}))
        read = sum(len(str(message.text).split()) for message in messages)
        replies = [self._next(messages, kwargs.get("tools")) for _ in range(int(kwargs.get("n") or 1))]
        written = sum(len(str(reply.text).split()) for reply in replies)
        if replies[0].usage_metadata is None:
            replies[0].usage_metadata = UsageMetadata(
                input_tokens=read, output_tokens=written, total_tokens=read + written
            )
        return ChatResult(
            generations=[ChatGeneration(message=reply, generation_info=self._info(reply)) for reply in replies],
            llm_output={"model_name": self.model_name},
        )

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in self._pieces(messages, stop, kwargs):
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
        for chunk in self._pieces(messages, stop, kwargs):
            if run_manager is not None:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _streaming_disabled(self, **kwargs: Any) -> bool:
        return int(kwargs.get("n") or 1) > 1 or super()._streaming_disabled(**kwargs)

    def _pieces(
        self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]
    ) -> Iterator[ChatGenerationChunk]:
        generation = self._generate(messages, stop, None, **{**kwargs, "n": 1}).generations[0]
        message = cast("AIMessage", generation.message)
        for word in re.findall(r"\s*\S+|\s+$", str(message.text)):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        last = AIMessageChunk(
            content="",
            tool_calls=message.tool_calls,
            usage_metadata=message.usage_metadata,
            response_metadata=generation.generation_info or {},
        )
        yield ChatGenerationChunk(message=last, generation_info=generation.generation_info)

    def _next(self, messages: list[BaseMessage], tools: list[dict[str, Any]] | None) -> AIMessage:
        if callable(self.script):
            answer = cast("Answer", self.script(messages))
        elif self._position < len(self.script):
            answer = cast("Answer", self.script[self._position])
            self._position += 1
        else:
            last = str(messages[-1].text) if messages else ""
            raise ScriptExhausted(
                f"the script has {len(self.script)} answers and was asked for one more: {last[:200]!r}",
                place=f"ScriptedChat {self.name_in_traces!r}",
                remedy="add an answer to the script, or find out why the model is asked again",
            )
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, AIMessage):
            return answer.model_copy()
        if isinstance(answer, BaseModel):
            answer = answer.model_dump(mode="json")
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        return read_call(text, tools) if tools else AIMessage(text)

    def _info(self, reply: AIMessage) -> dict[str, Any]:
        info: dict[str, Any] = {
            "finish_reason": reply.response_metadata.get("finish_reason", "stop"),
            "model_name": self.model_name,
        }
        return info if self.logprob is None else {**info, "mean_logprob": self.logprob}

"""`ScriptedChat`: a chat model that says what a script tells it, for tests of anything that asks a model."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessage, BaseMessage, convert_to_messages
from pydantic import BaseModel, Field, PrivateAttr

from gradatim.errors import GradatimError
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.transport import Chunk, Completion, Payload, Transport

Answer = str | dict[str, Any] | BaseModel | AIMessage | Exception
"""Text, an object that is written as JSON, a whole message, or an exception that is raised."""
Script = Sequence[Answer] | Callable[[list[BaseMessage]], Answer]
"""Answers in order, or a function from the messages to the answer."""

_ASKED = "scripted_request"
"""Key under which a payload carries what was asked, before it was written as JSON."""
_WORDS = re.compile(r"\s*\S+|\s+$")


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


class ScriptedTransport:
    """A transport whose answers are written beforehand.

    It answers `n` samples of one request with the next `n` answers of its script, streams word by word, and keeps every
    request. One word counts as one token.

    Args:
        script: Answers in order, or a function.
        name: Its name in error messages.
        logprob: Log-probability that each word reports; none when not given.
    """

    def __init__(self, script: Script, *, name: str = "scripted", logprob: float | None = None) -> None:
        self._script = script
        self._name = name
        self._logprob = logprob
        self._position = 0
        self.requests: list[ScriptedRequest] = []

    @property
    def endpoint(self) -> str:
        return self._name

    @property
    def remaining(self) -> int | None:
        """Answers of the script that have not been given; `None` for a function."""
        return None if callable(self._script) else len(self._script) - self._position

    async def complete(self, payload: Payload) -> Completion:
        asked = payload.get(_ASKED)
        if not isinstance(asked, ScriptedRequest):
            arguments = {key: value for key, value in payload.items() if key != "messages"}
            asked = ScriptedRequest(tuple(convert_to_messages(payload["messages"])), arguments)
        self.requests.append(asked)
        replies = [self._next(list(asked.messages)) for _ in range(int(payload.get("n") or 1))]
        choices: list[dict[str, Any]] = []
        for index, reply in enumerate(replies):
            message: dict[str, Any] = {"role": "assistant", "content": str(reply.text)}
            if reply.tool_calls:
                message["tool_calls"] = [_written(call["id"], call["name"], call["args"]) for call in reply.tool_calls]
            finish = reply.response_metadata.get("finish_reason", "stop")
            choice: dict[str, Any] = {"index": index, "message": message, "finish_reason": finish}
            tokens = self._tokens(reply)
            if tokens:
                choice["logprobs"] = {"content": tokens}
            choices.append(choice)
        return {"object": "chat.completion", "choices": choices, "usage": _usage(asked, replies)}

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        answer = await self.complete(payload)
        choice = answer["choices"][0]
        logprobs: dict[str, Any] = choice.get("logprobs") or {}
        tokens: list[Any] = logprobs.get("content") or []
        for number, word in enumerate(_WORDS.findall(choice["message"]["content"])):
            piece: dict[str, Any] = {"index": 0, "delta": {"content": word}, "finish_reason": None}
            if number == 0 and tokens:  # they need not be the words
                piece["logprobs"] = {"content": tokens}
            yield {"object": "chat.completion.chunk", "choices": [piece]}
        last: dict[str, Any] = {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}
        yield {"object": "chat.completion.chunk", "choices": [last]}
        yield {"object": "chat.completion.chunk", "choices": [], "usage": answer["usage"]}

    def _next(self, messages: list[BaseMessage]) -> AIMessage:
        if callable(self._script):
            answer = self._script(messages)
        elif self._position < len(self._script):
            answer = self._script[self._position]
            self._position += 1
        else:
            last = str(messages[-1].text) if messages else ""
            raise ScriptExhausted(
                f"the script has {len(self._script)} answers and was asked for one more: {last[:200]!r}",
                place=f"ScriptedChat {self._name!r}",
                remedy="add an answer to the script, or find out why the model is asked again",
            )
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, AIMessage):
            return answer
        if isinstance(answer, BaseModel):
            answer = answer.model_dump(mode="json")
        return AIMessage(answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False))

    def _tokens(self, reply: AIMessage) -> list[dict[str, Any]]:
        given: dict[str, Any] = reply.response_metadata.get("logprobs") or {}
        if given.get("content"):
            return given["content"]
        if self._logprob is None:
            return []
        words: list[str] = _WORDS.findall(str(reply.text)) or [""]
        return [{"token": word, "bytes": list(word.encode()), "logprob": self._logprob} for word in words]


class ScriptedChat(OpenAIChat):
    """A model for tests: `OpenAIChat` over a `ScriptedTransport`.

    It answers `n` samples of one request with the next `n` answers of its script, streams word by word, takes
    tools and structured output like the real ones, and keeps every request in `requests`.

    Example:
        ```python
        model = ScriptedChat(script=["Hello", {"verdict": "wrong"}, ModelError("down")])
        echo = ScriptedChat(script=lambda messages: messages[-1].text)
        ```
    """

    model: str = "scripted"
    transport: Any = Field(default=None, exclude=True, repr=False)
    script: Any
    """A `Script`."""
    name_in_traces: str = "scripted"
    logprob: float | None = Field(default=None, le=0)
    """Mean log-probability that answers report; none when not given."""

    _own: ScriptedTransport = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        self.model = self.name_in_traces
        self._own = ScriptedTransport(self.script, name=self.name_in_traces, logprob=self.logprob)

    @property
    def requests(self) -> list[ScriptedRequest]:
        """Everything asked so far, in order."""
        return self._own.requests

    @property
    def remaining(self) -> int | None:
        """Answers of the script that have not been given; `None` for a function."""
        return self._own.remaining

    @property
    def _carrier(self) -> Transport:
        return self._own if self.transport is None else cast("Transport", self.transport)

    @property
    def _llm_type(self) -> str:
        return "gradatim-scripted"

    def _payload(self, messages: Sequence[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]) -> Payload:
        asked = ScriptedRequest(tuple(messages), {**kwargs, **({"stop": stop} if stop else {})})
        return {**super()._payload(messages, stop, kwargs), _ASKED: asked}


def _written(identity: str | None, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"id": identity, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def _usage(asked: ScriptedRequest, replies: Sequence[AIMessage]) -> dict[str, Any]:
    told = replies[0].usage_metadata
    if told is not None:
        read, written = told["input_tokens"], told["output_tokens"]
        cached = told.get("input_token_details", {}).get("cache_read", 0)
    else:
        read = sum(len(str(message.text).split()) for message in asked.messages)
        written, cached = sum(len(str(reply.text).split()) for reply in replies), 0
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": cached},
    }

"""A scripted model: answers by what is asked, in which shape, and with which failures and delays."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.messages import BaseMessage, convert_to_messages

from gradatim.serving.scripted import Answer, ScriptedChat, ScriptedRequest, ScriptedTransport, ScriptExhausted
from gradatim.serving.transport import Completion, Payload
from gradatim.testing.smallest import smallest

_SHOWN = 160
"""Characters of a question that an error quotes."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a scripted model says, and when.

    A reply without a condition fits any question. Of several that fit, the first in the script is given.

    Attributes:
        answer: Text, an object that is written as JSON, a message, an exception that is raised, or a function of the
            request that gives one of these.
        asked: Words that stand somewhere in the conversation, or a compiled regular expression.
        last: The same for its last message alone, which mostly says what is wanted now.
        schema: The name of the JSON schema that the answer has to fit, or of one of its properties.
        times: How often it is given; as often as asked when not given.
        delay: Seconds before it comes.
    """

    answer: Answer | Callable[[ScriptedRequest], Answer]
    asked: str | re.Pattern[str] | None = None
    last: str | re.Pattern[str] | None = None
    schema: str | None = None
    times: int | None = None
    delay: float = 0.0

    def fits(self, request: ScriptedRequest) -> bool:
        """Whether it answers this question."""
        if self.schema is not None and self.schema not in _names(schema_of(request)):
            return False
        last = str(request.messages[-1].text) if request.messages else ""
        return _stands(self.asked, request.text) and _stands(self.last, last)


def scripted(
    *replies: Reply | Answer,
    otherwise: Answer | Literal["smallest"] | None = None,
    name: str = "scripted",
    logprob: float | None = None,
) -> ScriptedChat:
    """A chat model that says what its replies tell it, and keeps every question in `requests`.

    Args:
        replies: In order; what is no `Reply` is given once.
        otherwise: What it says where nothing fits: `smallest` is the smallest answer that fits the schema asked for
            (`ok` where none is); nothing given: an error that shows the question.
        name: Its name in traces and errors.
        logprob: Log-probability that each word reports.

    Example:
        ```python
        model = scripted(
            Reply({"score": 2, "why": "no tests"}, schema="score"),
            Reply(ModelError("down"), last="second look", times=1),
            otherwise="smallest",
        )
        ```
    """
    script = [item if isinstance(item, Reply) else Reply(item, times=1) for item in replies]
    transport = _Replying(script, otherwise, name, logprob)
    return _Scripted(script=(), transport=transport, name_in_traces=name, logprob=logprob)


def schema_of(request: ScriptedRequest) -> dict[str, Any]:
    """The JSON schema that a question asks to answer in; empty where it asks for text."""
    wanted: Any = request.arguments.get("response_format") or {}
    if not isinstance(wanted, dict):
        return {}
    inner: Any = wanted.get("json_schema") or {}  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return {"title": inner.get("name", ""), **(inner.get("schema") or {})}  # pyright: ignore[reportUnknownMemberType]


def _stands(wanted: str | re.Pattern[str] | None, text: str) -> bool:
    if wanted is None:
        return True
    return wanted in text if isinstance(wanted, str) else bool(wanted.search(text))


def _names(schema: dict[str, Any]) -> set[str]:
    properties: dict[str, Any] = schema.get("properties") or {}
    return {str(schema.get("title", "")), *properties}


class _Scripted(ScriptedChat):
    """`ScriptedChat` over a transport with rules."""

    @property
    def requests(self) -> list[ScriptedRequest]:
        """Everything asked so far, in order."""
        transport: ScriptedTransport = self.transport
        return transport.requests

    @property
    def remaining(self) -> int | None:
        """Replies that are given a number of times and were not given that often; `None` where there are none."""
        transport: _Replying = self.transport
        return transport.remaining


class _Replying(ScriptedTransport):
    """Chooses replies by the request."""

    def __init__(self, script: list[Reply], otherwise: Answer | None, name: str, logprob: float | None) -> None:
        super().__init__((), name=name, logprob=logprob)
        self._left: list[tuple[Reply, list[int]]] = [
            (reply, [reply.times if reply.times is not None else -1]) for reply in script
        ]
        self._otherwise = otherwise

    @property
    def remaining(self) -> int | None:
        counted = [left[0] for reply, left in self._left if reply.times is not None]
        return sum(counted) if counted else None

    async def complete(self, payload: Payload) -> Completion:
        asked = _asked(payload)
        count = int(payload.get("n") or 1)
        chosen = [self._choose(asked) for _ in range(count)]
        delay = max(reply.delay for reply in chosen)
        if delay:
            await asyncio.sleep(delay)
        answers = [reply.answer(asked) if callable(reply.answer) else reply.answer for reply in chosen]
        speaker = ScriptedTransport(answers, name=self.endpoint, logprob=self._logprob)
        try:
            return await speaker.complete(payload)
        finally:
            self.requests += speaker.requests

    def _choose(self, asked: ScriptedRequest) -> Reply:
        for reply, left in self._left:
            if left[0] and reply.fits(asked):
                left[0] -= left[0] > 0
                return reply
        if self._otherwise == "smallest":
            schema = schema_of(asked)
            return Reply(smallest(schema) if len(schema) > 1 else "ok")
        if self._otherwise is not None:
            return Reply(self._otherwise)
        last = str(asked.messages[-1].text) if asked.messages else ""
        shape = schema_of(asked).get("title")
        raise ScriptExhausted(
            f"no reply fits this question{f' for {shape!r}' if shape else ''}: {last[-_SHOWN:]!r}",
            place=f"scripted model {self.endpoint!r}",
            remedy="add a Reply for it, or say what is answered otherwise",
        )


def _asked(payload: Payload) -> ScriptedRequest:
    given = payload.get("scripted_request")
    if isinstance(given, ScriptedRequest):
        return given
    messages: list[BaseMessage] = list(convert_to_messages(payload["messages"]))
    return ScriptedRequest(tuple(messages), {key: value for key, value in payload.items() if key != "messages"})

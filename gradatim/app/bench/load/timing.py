"""Which requests an assessment made, when, and how long they waited for their turn in the client."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from gradatim.serving.client.observer import Observer
from gradatim.serving.transport import Chunk, Completion, Payload, Transport


@dataclass(slots=True)
class Requests:
    """The requests of one assessment.

    Attributes:
        answered: Ids of the answers, as the server gave them.
        spans: Begin and end of each request, seconds of the monotonic clock.
        waited: Seconds that requests waited for their turn in the client's own queue.
    """

    answered: list[str] = field(default_factory=list[str])
    spans: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])
    waited: float = 0.0

    def seconds(self) -> float:
        """Seconds in which at least one request was under way."""
        total, reached = 0.0, float("-inf")
        for begin, end in sorted(self.spans):
            total += max(0.0, end - max(begin, reached))
            reached = max(reached, end)
        return total


_current: ContextVar[Requests | None] = ContextVar("gradatim_bench_requests", default=None)


@contextmanager
def noting() -> Generator[Requests]:
    """Note the requests that are made in the block."""
    requests = Requests()
    token = _current.set(requests)
    try:
        yield requests
    finally:
        _current.reset(token)


class Noted:
    """A transport that notes what goes through it, and otherwise is the one it wraps."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    @property
    def endpoint(self) -> str:
        return self._inner.endpoint

    async def complete(self, payload: Payload) -> Completion:
        requests, began = _current.get(), time.monotonic()
        try:
            answer = await self._inner.complete(payload)
        finally:
            if requests is not None:
                requests.spans.append((began, time.monotonic()))
        if requests is not None:
            requests.answered.append(str(answer.get("id")))
        return answer

    def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        return self._inner.stream(payload)


class Waits(Observer):
    """Notes how long requests wait in the client."""

    def on_wait(self, tenant: str, seconds: float) -> None:
        requests = _current.get()
        if requests is not None:
            requests.waited += seconds

"""Another attempt, where it can help, and never so many that they become the trouble."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncGenerator
from contextlib import aclosing

from gradatim.serving.client.observer import Observer
from gradatim.serving.transport import Chunk, Completion, Overloaded, Payload, Transport, TransportError, current_call

ATTEMPTS = 3
"""Times a request is sent at most."""
PAUSE_SECONDS = 0.5
"""Mean pause before the second attempt; doubled before each further one."""
LONGEST_PAUSE_SECONDS = 10.0
LONGEST_WISH_SECONDS = 120.0
"""An endpoint that asks to be left alone for longer than this is not waited for."""
EXTRA_SHARE = 0.2
"""Requests that may be sent again, as a share of all."""
RESERVE = 10.0
"""Requests that may be sent again in any case, so that few requests can be tried again too."""


class RetryBudget:
    """How many requests may be sent a second time.

    Each request puts `share` of a token in, each repetition takes one out, so that an endpoint that fails for
    everybody is not sent a multiple of its load. What is not needed is kept, up to the larger of `reserve` and
    what a hundred requests put in.
    """

    def __init__(self, share: float = EXTRA_SHARE, reserve: float = RESERVE) -> None:
        self._share = share
        self._most = max(reserve, 100 * share)
        self._tokens = reserve
        self._lock = threading.Lock()

    def deposit(self) -> None:
        """A request is sent for the first time."""
        with self._lock:
            self._tokens = min(self._most, self._tokens + self._share)

    def withdraw(self) -> bool:
        """Whether one may be sent again now."""
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class Retrying:
    """Sends a request again after errors that may pass.

    Pauses grow and are spread at random, and are as long as the endpoint asks for (`Retry-After`). A stream is
    begun again only as long as nothing of it was handed out.

    Args:
        transport: What is tried.
        attempts: Times in all.
        pause: Mean seconds before the second attempt; `PAUSE_SECONDS` when not given.
        budget: Shared by all requests that go the same way.
        observer: Told of each further attempt.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        attempts: int = ATTEMPTS,
        pause: float | None = None,
        budget: RetryBudget | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._transport = transport
        self._attempts = attempts
        self._pause = PAUSE_SECONDS if pause is None else pause
        self._budget = budget or RetryBudget()
        self._observer = observer or Observer()

    @property
    def endpoint(self) -> str:
        return self._transport.endpoint

    async def complete(self, payload: Payload) -> Completion:
        self._budget.deposit()
        attempt, before = 1, None
        while True:
            try:
                return await self._transport.complete(payload)
            except TransportError as error:
                before = await self._wait(error, before, attempt, payload)
            attempt += 1

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        self._budget.deposit()
        attempt, before = 1, None
        while True:
            begun = False
            try:
                async with aclosing(self._transport.stream(payload)) as chunks:
                    async for chunk in chunks:
                        begun = True
                        yield chunk
                return
            except TransportError as error:
                if begun:
                    raise
                before = await self._wait(error, before, attempt, payload)
            attempt += 1

    async def _wait(
        self, error: TransportError, before: TransportError | None, attempt: int, payload: Payload
    ) -> TransportError:
        """Let the time before the next attempt pass.

        Returns:
            The error to report if the next attempt finds every endpoint put aside: the trouble that led to that.

        Raises:
            TransportError: There is no next attempt.
        """
        told = before if isinstance(error, Overloaded) and before is not None else error
        if not error.retryable or attempt >= self._attempts:
            raise told
        call = current_call()
        pause = self._pause_before(attempt, error.retry_after)
        remaining = call.remaining
        if (error.retry_after or 0.0) > LONGEST_WISH_SECONDS or (remaining is not None and pause >= remaining):
            raise told
        if not self._budget.withdraw():
            raise told
        self._observer.on_retry(call.tenant, str(payload.get("model")), pause, error)
        await asyncio.sleep(pause)
        return told

    def _pause_before(self, attempt: int, wish: float | None) -> float:
        """Seconds to wait; with jitter, so that clients do not come back all at once."""
        pause = min(self._pause * 2 ** (attempt - 1) * random.uniform(0.5, 1.5), LONGEST_PAUSE_SECONDS)
        return pause if wish is None else wish + random.uniform(0.0, min(1.0, wish / 4))

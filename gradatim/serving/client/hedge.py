"""Hedging: a request that takes long is also sent to another endpoint, and the first answer wins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from gradatim.serving.client.observer import Observer
from gradatim.serving.client.pool import Pool, Route
from gradatim.serving.client.retry import RetryBudget
from gradatim.serving.transport import Chunk, Completion, Payload, TransportError, current_call


class Hedged:
    """Cuts the longest waits at the price of some requests that are made twice.

    The loser is cancelled, which closes its connection and stops its server. Streams are never sent twice.

    Args:
        pool: The endpoints; with one of them nothing is hedged.
        seconds: How long an answer may take before the second request.
        budget: How many requests may be made twice.
        observer: Told of each second request.

    See Dean and Barroso, The Tail at Scale (2013).
    """

    def __init__(
        self, pool: Pool, seconds: float, *, budget: RetryBudget | None = None, observer: Observer | None = None
    ) -> None:
        self._pool = pool
        self._seconds = seconds
        self._budget = budget or RetryBudget()
        self._observer = observer or Observer()

    @property
    def endpoint(self) -> str:
        return self._pool.endpoint

    async def complete(self, payload: Payload) -> Completion:
        self._budget.deposit()
        route = Route()
        running = {asyncio.create_task(self._pool.complete(payload, route))}
        try:
            done, running = await asyncio.wait(running, timeout=self._seconds)
            if not done and self._pool.others(route) and self._budget.withdraw():
                self._observer.on_hedge(current_call().tenant, str(payload.get("model")))
                running.add(asyncio.create_task(self._pool.complete(payload, route)))
            while True:
                if not done:
                    done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                winner = min(done, key=lambda task: task.exception() is not None)
                error = winner.exception()
                # An endpoint's trouble is not the answer as long as another may give one.
                if error is None or not running or not (isinstance(error, TransportError) and error.retryable):
                    return winner.result()
                done = set[asyncio.Task[Completion]]()
        finally:
            for task in running:
                task.cancel()
            if running:
                await asyncio.wait(running)

    def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        return self._pool.stream(payload)

    async def aclose(self) -> None:
        """Hang up what is idle in this event loop."""
        await self._pool.aclose()

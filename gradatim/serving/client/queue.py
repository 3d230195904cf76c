"""A limit of requests under way, with tenants taking turns."""

from __future__ import annotations

import asyncio
import heapq
import threading
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from gradatim.serving.client.observer import Observer
from gradatim.serving.transport import (
    Call,
    Chunk,
    Completion,
    Overloaded,
    Payload,
    Transport,
    current_call,
)

LONGEST_QUEUE = 10_000
"""Requests that wait at most."""


@dataclass(slots=True, order=True)
class _Waiter:
    start: float
    number: int
    finish: float = field(compare=False)
    call: Call = field(compare=False)
    loop: asyncio.AbstractEventLoop = field(compare=False)
    turn: asyncio.Future[bool] = field(compare=False)
    left: bool = field(default=False, compare=False)
    granted: bool = field(default=False, compare=False)


class FairQueue:
    """Start-time fair queueing (Goyal, Vin and Cheng, 1996) for a number of places.

    Each request gets a start tag, the larger of the queue's virtual time and the finish tag of the same tenant's
    request before; its finish tag is that plus cost over weight. The waiting request with the smallest start
    tag is next, and the virtual time is the start tag of the latest request let in. So tenants that wait get
    places in proportion to their weights, however many requests each has, and none waits for more than one request
    of each other tenant (of the same weight and cost) before its own next one.

    Requests of several event loops and threads can wait in the same queue.

    Args:
        limit: Requests under way at most.
        weights: Shares of tenants; 1 for those not named.
        longest: Requests that may wait; more are refused.
        place: Where, for error messages.
    """

    def __init__(
        self,
        limit: int,
        *,
        weights: Mapping[str, float] | None = None,
        longest: int = LONGEST_QUEUE,
        place: str = "queue",
    ) -> None:
        if limit < 1 or any(weight <= 0 for weight in (weights or {}).values()):
            raise ValueError("a queue needs a place, and weights above 0")
        self._free = limit
        self._limit = limit
        self._weights = dict(weights or {})
        self._longest = longest
        self._place = place
        self._lock = threading.Lock()
        self._waiting: list[_Waiter] = []
        self._count = 0
        self._number = 0
        self._virtual = 0.0
        self._finish: dict[str, float] = {}

    @property
    def waiting(self) -> int:
        """Requests that wait."""
        return self._count

    @property
    def running(self) -> int:
        """Requests under way."""
        return self._limit - self._free

    async def acquire(self, call: Call, cost: float = 1.0) -> None:
        """Wait for a place; `release` gives it back.

        Args:
            call: Whose request it is, and until when waiting makes sense.
            cost: How much of the endpoint it takes, in any unit.

        Raises:
            DeadlinePassed: At the deadline, or at once when it has passed.
            Overloaded: Too many wait already.
        """
        if call.over:
            raise call.passed(self._place)
        loop = asyncio.get_running_loop()
        with self._lock:
            start, finish = self._tags(call.tenant, cost)
            if self._free and not self._count:
                self._free -= 1
                self._enter(start)
                return
            if self._count >= self._longest:
                self._finish[call.tenant] = start
                raise Overloaded(
                    f"{self._count} requests wait already",
                    place=self._place,
                    remedy="start fewer assessments at a time, or add endpoints",
                )
            self._number += 1
            waiter = _Waiter(start, self._number, finish, call, loop, loop.create_future())
            heapq.heappush(self._waiting, waiter)
            self._count += 1
        await self._turn(waiter)

    def release(self) -> None:
        """Give a place back; the next request in turn gets it."""
        with self._lock:
            self._free += 1
            self._admit()

    async def _turn(self, waiter: _Waiter) -> None:
        timer = asyncio.timeout(waiter.call.remaining)
        try:
            async with timer:
                await waiter.turn
        except BaseException as error:
            with self._lock:
                had = waiter.granted
                if had:
                    self._free += 1
                    self._admit()
                elif not waiter.left:
                    waiter.left = True
                    self._count -= 1
            if isinstance(error, TimeoutError) and timer.expired():
                raise waiter.call.passed(self._place) from None
            raise
        if waiter.call.over:
            self.release()
            raise waiter.call.passed(self._place)

    def _tags(self, tenant: str, cost: float) -> tuple[float, float]:
        start = max(self._virtual, self._finish.get(tenant, 0.0))
        finish = start + cost / self._weights.get(tenant, 1.0)
        self._finish[tenant] = finish
        return start, finish

    def _enter(self, start: float) -> None:
        self._virtual = max(self._virtual, start)
        if len(self._finish) > 1024:  # tenants that the virtual time has passed are as good as new
            self._finish = {tenant: tag for tenant, tag in self._finish.items() if tag > self._virtual}

    def _admit(self) -> None:
        """Let requests in as long as there are places (with the lock held)."""
        while self._free and self._waiting:
            waiter = heapq.heappop(self._waiting)
            if waiter.left:
                continue
            self._count -= 1
            if waiter.call.over:  # its own timer tells it
                waiter.left = True
                continue
            try:
                waiter.loop.call_soon_threadsafe(_wake, waiter.turn)
            except RuntimeError:  # its event loop is closed
                waiter.left = True
                continue
            waiter.granted = True
            self._free -= 1
            self._enter(waiter.start)


def _wake(turn: asyncio.Future[bool]) -> None:
    if not turn.done():
        turn.set_result(True)


class Queued:
    """Lets a limited number of requests through at a time, tenants taking turns.

    Args:
        transport: What does the work.
        queue: May be shared by several transports to the same endpoints.
        observer: Told how long requests waited.
    """

    def __init__(self, transport: Transport, queue: FairQueue, *, observer: Observer | None = None) -> None:
        self._transport = transport
        self._queue = queue
        self._observer = observer or Observer()

    @property
    def endpoint(self) -> str:
        return self._transport.endpoint

    async def complete(self, payload: Payload) -> Completion:
        await self._wait(payload)
        try:
            return await self._transport.complete(payload)
        finally:
            self._queue.release()

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        await self._wait(payload)
        try:
            async with aclosing(self._transport.stream(payload)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            self._queue.release()

    async def _wait(self, payload: Payload) -> None:
        call, started = current_call(), time.monotonic()
        await self._queue.acquire(call, float(payload.get("n") or 1))
        self._observer.on_wait(call.tenant, time.monotonic() - started)

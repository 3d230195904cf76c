"""A time limit for a server, which does not count the time in which this process has no time to listen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_SLICES = 10


@asynccontextmanager
async def deadline(seconds: float) -> AsyncGenerator[None]:
    """End the block with `TimeoutError` when it takes longer.

    With thousands of tasks a round of the event loop may take longer than a question to the server; its answer then
    lies in the buffer of the socket when a timer fires. So the time is counted in slices: of a round, however long,
    one slice counts, and what has arrived is read before the next.
    """
    loop = asyncio.get_running_loop()
    left = _SLICES
    async with asyncio.timeout(None) as scope:

        def tick() -> None:
            nonlocal left, timer
            left -= 1
            if left:
                timer = loop.call_later(seconds / _SLICES, tick)
            else:
                scope.reschedule(loop.time())

        timer = loop.call_later(seconds / _SLICES, tick)
        try:
            yield
        finally:
            timer.cancel()

"""Work on many items side by side, with results in the order of the items."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 64
"""Items a worker that may be taken before the first result is given away: enough that one endless program seldom
leaves the other workers idle, few enough that memory stays small."""


async def ordered_map(
    work: Callable[[Item], Awaitable[Result]], items: Iterable[Item], *, workers: int
) -> AsyncGenerator[Result, None]:
    """Results of `work` in the order of `items`, each as soon as those before it are there.

    Items are taken from the iterable only as needed: at most `AHEAD * workers` are worked on or wait to be
    given away. The first exception ends everything that runs and is raised, as does closing the generator
    early; use it inside `contextlib.aclosing`.

    Args:
        work: What to do with an item.
        items: Possibly endless.
        workers: How many items are worked on at the same time, at least 1.
    """
    slots = asyncio.Semaphore(workers)
    pending: deque[asyncio.Task[Result]] = deque()

    async def one(item: Item) -> Result:
        async with slots:
            return await work(item)

    try:
        for item in items:
            pending.append(asyncio.create_task(one(item)))
            # Lets what was just started begin, and hands out what is ready, before more is read.
            await asyncio.sleep(0)
            while pending and (pending[0].done() or len(pending) >= AHEAD * workers):
                yield await _first(pending)
        while pending:
            yield await _first(pending)
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def _first(pending: deque[asyncio.Task[Result]]) -> Result:
    """The oldest result; its task stays queued while it is awaited, to be cancelled with the rest."""
    result = await pending[0]
    pending.popleft()
    return result

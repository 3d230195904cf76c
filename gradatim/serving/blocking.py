"""Asynchronous work for callers that wait, whether or not an event loop runs in their thread."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """Wait for a coroutine's result."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    context = contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(context.run, asyncio.run, work).result()


def iterate_blocking(source: AsyncIterator[T]) -> Iterator[T]:
    """Go through an asynchronous iterator, waiting for each item.

    The iterator runs in a loop of its own thread and is closed with this one.
    """

    async def advance() -> tuple[T] | None:
        try:
            return (await anext(source),)
        except StopAsyncIteration:
            return None

    async def finish() -> None:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()

    context = contextvars.copy_context()
    with ThreadPoolExecutor(max_workers=1) as pool:
        runner = asyncio.Runner()
        try:
            while (item := pool.submit(runner.run, advance(), context=context).result()) is not None:
                yield item[0]
        finally:
            pool.submit(runner.run, finish(), context=context).result()
            pool.submit(runner.close).result()

"""Asynchronous work for callers that wait, whether or not an event loop runs in their thread."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


def iterate_blocking(source: AsyncGenerator[T, None]) -> Iterator[T]:
    """Go through an asynchronous generator, waiting for each item.

    The generator runs in an event loop of its own thread; leaving the iteration closes it. Its exceptions are
    raised here.
    """
    pieces: SimpleQueue[_Item[T] | BaseException | None] = SimpleQueue()
    left = threading.Event()
    loop = asyncio.new_event_loop()

    async def pump() -> None:
        try:
            async for item in source:
                pieces.put(_Item(item))
                if left.is_set():
                    break
        finally:
            await source.aclose()

    def work() -> None:
        end: BaseException | None = None
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(pump(), context=context)
        except BaseException as error:  # noqa: BLE001  handed to the caller
            end = error
        # only when the loop is closed: a caller that has reached the end must not cancel its last tasks
        pieces.put(end)

    context = contextvars.copy_context()
    # A daemon: an answer that nobody waits for any more must not keep the interpreter from ending.
    thread = threading.Thread(target=work, daemon=True, name="gradatim-stream")
    thread.start()
    try:
        while (piece := pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece.value
    finally:
        left.set()
        with suppress(RuntimeError):  # the loop is closed: the thread has ended by itself
            loop.call_soon_threadsafe(_cancel_all, loop)
        thread.join()


def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()

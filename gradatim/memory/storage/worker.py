"""Threads that own connections, so that blocking storage never blocks the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from gradatim.errors import StorageError

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs calls in threads of its own, which start with the first call; with one thread, one after another.

    A caller that is cancelled stops waiting; its call still runs to the end.

    Args:
        name: Of the threads.
        threads: How many calls may run at the same time.
    """

    def __init__(self, name: str, *, threads: int = 1) -> None:
        self._name = name
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a call in a thread and give back its result or its error.

        Raises:
            StorageError: The worker is closed.
        """
        if self._closed:
            raise StorageError("the learner memory is closed", place=self._name, remedy="open it again")
        if self._pool is None:
            self._pool = ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix=self._name)
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(call, *args, **kwargs))

    async def close(self, last: Callable[[], None]) -> None:
        """Run `last` after everything else, if a thread ever started, and end the threads."""
        if self._closed:
            return
        self._closed = True
        if self._pool is not None:
            try:
                if self._threads > 1:
                    await asyncio.to_thread(self._pool.shutdown)
                    await asyncio.to_thread(last)
                else:  # in the thread that owns the connection
                    await asyncio.get_running_loop().run_in_executor(self._pool, last)
            finally:
                self._pool.shutdown(wait=False)

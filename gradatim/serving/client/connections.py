"""Connections that are kept for the next request, in each event loop its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from weakref import WeakKeyDictionary

from gradatim.serving.client.wire import Connection, Origin

IDLE_SECONDS = 30.0
"""How long a connection that nobody uses is kept."""


class Connections:
    """Idle connections to one origin; the one used last is used first.

    A connection belongs to the event loop that opened it. An asynchronous generator that waits in each loop is
    ended when its loop shuts down, and hangs up what is idle there.
    """

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self._lock = threading.Lock()
        self._idle: WeakKeyDictionary[asyncio.AbstractEventLoop, list[tuple[float, Connection]]] = WeakKeyDictionary()
        self._keepers: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncGenerator[None, None]] = WeakKeyDictionary()

    def take(self) -> Connection | None:
        """An idle connection of this loop that still holds, if there is one."""
        idle = self._mine()
        while idle:
            since, connection = idle.pop()
            if connection.usable and time.monotonic() - since < IDLE_SECONDS:
                return connection
            connection.abort()
        return None

    async def open(self) -> Connection:
        """A new connection."""
        return await Connection.open(self.origin)

    async def give(self, connection: Connection) -> None:
        """Keep a connection whose answer has been read; hang up one that cannot be used again."""
        if not connection.usable:
            connection.abort()
            return
        loop = asyncio.get_running_loop()
        idle, now = self._mine(), time.monotonic()
        while idle and now - idle[0][0] > IDLE_SECONDS:
            idle.pop(0)[1].abort()
        idle.append((now, connection))
        if loop not in self._keepers:
            keeper = self._keeper(idle)
            with self._lock:
                self._keepers[loop] = keeper
            await anext(keeper)

    async def aclose(self) -> None:
        """Hang up what is idle in this loop."""
        keeper = self._keepers.pop(asyncio.get_running_loop(), None)
        if keeper is not None:
            await keeper.aclose()

    def _mine(self) -> list[tuple[float, Connection]]:
        with self._lock:
            return self._idle.setdefault(asyncio.get_running_loop(), [])

    async def _keeper(self, idle: list[tuple[float, Connection]]) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            while idle:
                idle.pop()[1].abort()
            with suppress(asyncio.CancelledError):
                for _ in range(3):  # the loop closes the sockets in its next rounds
                    await asyncio.sleep(0)

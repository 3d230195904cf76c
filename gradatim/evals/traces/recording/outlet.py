"""A thread that takes things from a bounded queue, so that whoever brings them never waits."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

Item = TypeVar("Item")
_log = logging.getLogger(__name__)
_TOGETHER = 64
"""Things that are handled at once where that many wait."""


class Outlet(Generic[Item]):
    """Hands what is put in to a function, in order, from a thread of its own.

    The thread starts with the first thing. What a full queue cannot take is dropped and counted: a run never waits
    for a disk or a network.

    Args:
        name: Of the thread.
        handle: Takes some of the things; what it raises is told once, and the things count as lost.
        size: Things that may wait.
    """

    def __init__(self, name: str, handle: Callable[[Sequence[Item]], None], size: int = 1_000) -> None:
        self.name = name
        self._dropped = 0
        self._brought = 0
        self._kept = 0
        self._left = False
        self._handle = handle
        self._waiting: queue.Queue[Item | None] = queue.Queue(size)
        self._thread: threading.Thread | None = None
        self._changing = threading.Lock()
        self._told: set[str] = set()

    @property
    def lost(self) -> int:
        """Things that were dropped, could not be handled, or still waited when it was left."""
        return self._dropped + (self._brought - self._kept if self._left else 0)

    def put(self, item: Item) -> None:
        """Bring something; never waits and never raises."""
        if self._thread is None:
            self._start()
        try:
            self._waiting.put_nowait(item)
        except queue.Full:
            self.drop()
            self.tell(f"{self.name}: too much waits to be written; runs are left out")
        else:
            with self._changing:
                self._brought += 1

    def drop(self, count: int = 1) -> None:
        """Count things that are lost though they were handled, or were never taken in."""
        with self._changing:
            self._dropped += count

    def drain(self) -> None:
        """Wait until everything that was put in is handled."""
        self._waiting.join()

    def close(self, seconds: float | None = None) -> None:
        """Handle what waits, and stop.

        Args:
            seconds: Longest time that this may take; as long as it takes when not given.
        """
        thread = self._thread
        if thread is None:
            return
        with suppress(queue.Full):
            self._waiting.put(None, timeout=seconds)
            thread.join(seconds)
        self._left = thread.is_alive()
        if self._left:
            self.tell(f"{self.name}: nothing is taken in time; the rest is left out")

    def tell(self, message: str) -> None:
        """Say something to whoever watches the log, but only once."""
        if message not in self._told:
            self._told.add(message)
            _log.warning("%s", message)

    def _start(self) -> None:
        with self._changing:
            if self._thread is None:
                # a daemon, so that a network that hangs cannot keep a process from ending; `close` waits for the rest
                self._thread = threading.Thread(target=self._work, name=self.name, daemon=True)
                self._thread.start()

    def _work(self) -> None:
        more = True
        while more:
            items: list[Item] = []
            item = self._waiting.get()
            while item is not None:
                items.append(item)
                if len(items) >= _TOGETHER or self._waiting.empty():
                    break
                item = self._waiting.get()
            more = item is not None
            if items:
                self._handled(items)
            for _ in range(len(items) + (not more)):
                self._waiting.task_done()

    def _handled(self, items: Sequence[Item]) -> None:
        try:
            self._handle(items)
        except Exception as error:  # noqa: BLE001 nothing that goes wrong here may end the thread
            if not self._left:
                self.drop(len(items))
            self.tell(f"{self.name}: {error}")
        if not self._left:
            self._kept += len(items)

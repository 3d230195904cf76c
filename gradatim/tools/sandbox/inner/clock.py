"""How long tested processes have had, told apart from how long other work on the machine kept them waiting."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

WINDOW = 0.125
"""Seconds between two looks at a program that is late without having used its CPU time."""
IDLE_WINDOWS = 2
PROGRESS = 0.001
"""CPU seconds in a window below which a program is asleep rather than kept waiting by other work."""
PATIENCE = 3.0
"""Times its limit that a program may be kept waiting by other work."""


def cpu_seconds(pid: int) -> float:
    """CPU time of a process of ours (`MAKE_PROCESS_CPUCLOCK` in `linux/posix-timers.h`)."""
    return time.clock_gettime((~pid << 3) | 2)


class Clock:
    """Time of what runs now.

    Args:
        used: CPU seconds that the watched processes have used; an OSError where one has just ended.
    """

    def __init__(self, used: Callable[[], float]) -> None:
        self._used = used
        self.start(0.0)

    def start(self, limit: float) -> None:
        """Begin anew, with so many seconds of CPU and of waiting."""
        self._limit = limit
        self._wall = time.monotonic()
        self._cpu = self._used()
        self.deadline = self._wall + limit
        """When to look again."""
        self._last: float | None = None
        self._idle = 0

    @property
    def seconds(self) -> float:
        """Wall-clock seconds since the start."""
        return time.monotonic() - self._wall

    @property
    def cpu(self) -> float:
        """CPU seconds since the start; 0 for what has ended."""
        try:
            return self._used() - self._cpu
        except OSError:
            return 0.0

    def is_late(self) -> bool:
        """Whether time is really up, or other work on the machine kept the program from running.

        Time is up for a program that used its CPU time, that sleeps or waits, or that had three times its limit.
        """
        try:
            now = self._used()
        except OSError:
            return False  # it has just ended; its pipe says so next
        previous, self._last = self._last, now
        if now - self._cpu >= 0.9 * self._limit or self.seconds > PATIENCE * self._limit + 1:
            return True
        if previous is not None and now - previous < PROGRESS:
            self._idle += 1
            if self._idle >= IDLE_WINDOWS:
                return True
        self.deadline = time.monotonic() + WINDOW
        return False


def drain(descriptor: int, printed: bytearray, limit: int) -> bool:
    """Read what was printed, up to a little over the limit; False once the pipe is closed."""
    while len(printed) <= limit:
        try:
            data = os.read(descriptor, 65536)
        except BlockingIOError:
            return True
        if not data:
            return False
        printed += data
    return True

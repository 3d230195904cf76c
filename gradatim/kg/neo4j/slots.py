"""Fair waiting for one of a few connections."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from types import TracebackType


class Slots:
    """At most so many at a time; the others wait in the order in which they came, for as long as it takes.

    The driver's own pool lets everybody wait with a time limit and without an order, so that of thousands of
    requests at once the unlucky ones fail although the server is well.

    Args:
        count: How many may be inside at a time.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    async def __aenter__(self) -> None:
        if self._free and not self._waiting:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                with contextlib.suppress(ValueError):  # sent away and cancelled at once
                    self._waiting.remove(turn)
            elif turn.exception() is None:  # its turn came in the moment in which it was cancelled
                self._pass_on()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pass_on()

    def send_away(self, error: Callable[[], Exception]) -> None:
        """End the waiting of all who wait now.

        Args:
            error: Makes what each of them is to raise.
        """
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(error())

    def _pass_on(self) -> None:
        for turn in self._waiting:
            if not turn.done():
                self._waiting.remove(turn)
                turn.set_result(None)
                return
        self._free += 1

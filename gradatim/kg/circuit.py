"""A circuit breaker: once a server has failed it is not asked again before it is known to answer."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from gradatim.kg.neo4j.errors import GraphServerError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StandIn:
    """That a snapshot answers in the server's place."""

    reason: str
    """What the server did last."""
    since: str
    """UTC, ISO 8601."""
    version: str
    """Of the snapshot."""

    def __str__(self) -> str:
        return f"the server of the concept graph cannot be used since {self.since}: {self.reason}"


class Circuit:
    """Whether the server is asked, and the task that finds out when it can be asked again.

    Args:
        probe: Raises `GraphServerError` as long as the server cannot be used.
        first_pause: Seconds until the first probe.
        longest_pause: Seconds between two probes at most; the pause doubles until then.
    """

    def __init__(self, probe: Callable[[], Awaitable[object]], *, first_pause: float, longest_pause: float) -> None:
        self._probe = probe
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self._open: StandIn | None = None
        self._last: StandIn | None = None
        self._closed_at = -1.0
        self._probing: asyncio.Task[None] | None = None
        self.falls = 0
        """How many times it opened so far."""

    @property
    def open(self) -> StandIn | None:
        """Set while the server is not asked."""
        return self._open

    def was_open(self, since: float) -> StandIn | None:
        """What was the matter if it was open at any time after a moment (by `time.monotonic`)."""
        if self._open is not None:
            return self._open
        return self._last if self._closed_at >= since else None

    def trip(self, error: GraphServerError, version: str) -> bool:
        """Ask the server no more until a probe succeeds.

        Args:
            error: What it did.
            version: Of the snapshot that answers instead.

        Returns:
            Whether this is news.
        """
        if self._open is not None:
            return False
        self.falls += 1
        self._open = StandIn(error.message, datetime.now(UTC).isoformat(timespec="seconds"), version)
        _log.warning("%s; the snapshot of version %s answers", error, version)
        self._probing = asyncio.create_task(self._close_when_well())
        return True

    @property
    def probing(self) -> asyncio.Task[None] | None:
        """The task that probes, while it is open."""
        return self._probing if self._open is not None else None

    async def aclose(self) -> None:
        """End the probing."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.gather(self._probing, return_exceptions=True)

    async def _close_when_well(self) -> None:
        pause = self._first_pause
        while (standing := self._open) is not None:
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))  # many processes lose the same server at once
            pause = min(2 * pause, self._longest_pause)
            try:
                await self._probe()
            except GraphServerError as error:
                self._open = StandIn(error.message, standing.since, standing.version)
            else:
                self._last = standing
                self._open = None
                self._closed_at = monotonic()
        _log.warning("the server of the concept graph answers again")

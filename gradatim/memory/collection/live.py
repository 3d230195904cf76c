"""Clocks of a stream, of which there is no first reading.

A stream corrects by what earlier collections recorded; what it sees itself serves the next one. At its end it records
what it did for the time it covered, so that a file of the same happenings gives equal events.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gradatim.memory.collection.clocks import Clocks, Envelope, Estimate
from gradatim.memory.collection.row import Sighting


class LiveClocks(Clocks):
    """As `Clocks`, for happenings that come one by one.

    Args:
        recorded: Estimates of earlier collections.
    """

    def __init__(self, recorded: Iterable[Estimate] = ()) -> None:
        super().__init__(recorded)
        self._used: dict[str, Estimate | None] = {}
        self._seen: dict[str, Envelope] = {}

    def finish(self) -> list[Estimate]:
        """What is to be recorded: what was done, and what was learnt for the next stream."""
        found: list[Estimate] = []
        for clock, envelope in self._seen.items():
            used = self._used[clock]
            done = Estimate(clock, envelope.begin, envelope.end, envelope.pairs)
            if used is not None:
                done = replace(done, offset=used.offset, uncertainty=used.uncertainty)
            found.append(done)
            learnt = envelope.estimate(clock)
            if learnt.offset is not None:
                after = envelope.end + 1
                found.append(replace(learnt, begin=after, end=after, offset=_at_end(learnt), drift=0.0))
        return found

    def _find(self, sighting: Sighting) -> Estimate | None:
        estimate = super()._find(sighting)
        if estimate is not None:
            return estimate
        clock = sighting.clock
        if clock not in self._used:
            self._used[clock] = self._latest(clock)
            self._seen[clock] = Envelope()
        self._seen[clock].add(sighting.seen, sighting.reference)
        return self._used[clock]

    def _latest(self, clock: str) -> Estimate | None:
        """The last estimate of a clock, held level: a drift is not followed beyond the time it was seen in."""
        known = [estimate for estimate in self._estimates.get(clock, ()) if estimate.offset is not None]
        if not known:
            return None
        last = max(known, key=lambda estimate: estimate.end)
        return replace(last, begin=last.end, offset=_at_end(last), drift=0.0)


def _at_end(estimate: Estimate) -> float:
    return float(estimate.aligned(estimate.end) - estimate.end)

"""Clocks of sources put on one time line.

Where a happening was stamped by a source and, later, by a server, the difference of the stamps is the offset of the
source's clock plus a delay that is never negative (Cristian 1989; Moon, Skelly and Towsley 1999 for the drift). Of
every few consecutive happenings one at least travels without waiting, so the least difference of each group lies on the
lower envelope of the delays. The median of these least differences is the offset; their slope, where it is clear, the
drift.

A clock that is ahead gives instants after the server heard of them, which cannot be: that is certain. One that is
behind cannot be told from a constant delay; it is corrected only by more than `PATIENCE`, which no transmission takes
every time.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from gradatim.domain import LearnerEvent
from gradatim.memory.collection.instants import iso
from gradatim.memory.collection.row import Parsed, Sighting

MINIMUM_PAIRS = 8
"""Happenings seen by two clocks without which nothing is said about them."""
TOLERANCE = 2_000_000
"""Microseconds by which a clock may be ahead without being corrected."""
PATIENCE = 60_000_000
"""Microseconds that a transmission may take every time."""
LARGEST_DRIFT = 1e-3
"""Seconds a second; a steeper slope is a clock that was set, not one that drifts."""

_GROUP = 4
_GROUPS = 32
_STRAY = 0.15
"""Share of the groups that may lie apart from the others."""
_SCALE = 1.4826
"""Median absolute deviation → standard deviation of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is known about a clock during some time. Offset and uncertainty are in microseconds."""

    clock: str
    begin: int
    """First instant, on that clock, that it holds for."""
    end: int
    """Last one."""
    pairs: int
    """Happenings that it rests on."""
    offset: float | None = None
    """What has to be added to the clock in the middle of that time; `None` where there were too few pairs."""
    drift: float = 0.0
    """How the offset changes, in seconds a second."""
    uncertainty: float | None = None
    """Standard error of the offset."""

    @property
    def known(self) -> bool:
        """Whether the offset is known well enough to rely on the clock."""
        return self.offset is not None and self.uncertainty is not None and 3 * self.uncertainty <= PATIENCE

    @property
    def applied(self) -> bool:
        """Whether instants are corrected by it."""
        if self.offset is None or self.uncertainty is None:
            return False
        wide = 3 * self.uncertainty
        return self.offset < -max(TOLERANCE, wide) or self.offset > max(PATIENCE, wide)

    def aligned(self, seen: int) -> int:
        """An instant of this clock on the server's time line."""
        middle = (self.begin + self.end) / 2
        return seen + round((self.offset or 0.0) + self.drift * (seen - middle))


class Envelope:
    """Gathers pairs of stamps of one clock, with memory for `_GROUPS` groups however many there are."""

    def __init__(self) -> None:
        self.pairs = 0
        self.begin, self.end = 2**63, -(2**63)
        self._least = array("q")
        """The least difference of each group."""
        self._at = array("q")
        """The instants that they were seen at."""
        self._size: int = _GROUP
        self._open: tuple[int, int] | None = None
        self._count = 0

    def add(self, seen: int, reference: int) -> None:
        """Take in one happening."""
        self.pairs += 1
        self.begin, self.end = min(self.begin, seen), max(self.end, seen)
        pair = (reference - seen, seen)
        self._open = pair if self._open is None or pair < self._open else self._open
        self._count += 1
        if self._count == self._size:
            self._least.append(self._open[0])
            self._at.append(self._open[1])
            self._open, self._count = None, 0
            if len(self._least) == _GROUPS:
                pairs = list(zip(self._least, self._at, strict=True))
                kept = [min(two) for two in zip(pairs[::2], pairs[1::2], strict=True)]
                self._least, self._at = array("q", [one for one, _ in kept]), array("q", [at for _, at in kept])
                self._size *= 2

    def estimate(self, clock: str) -> Estimate:
        """Offset and drift of the clock, as far as the pairs tell."""
        if self.pairs < MINIMUM_PAIRS:
            return Estimate(clock, self.begin, self.end, self.pairs)
        middle = (self.begin + self.end) / 2
        drift = self._drift()
        levelled = [
            difference - drift * (seen - middle) for difference, seen in zip(self._least, self._at, strict=True)
        ]
        offset = median(levelled)
        spread = _SCALE * median([abs(value - offset) for value in levelled])
        resolution = 1_000_000 if all(value % 1_000_000 == 0 for value in self._least) else 1_000
        error = math.hypot(1.2533 * spread / math.sqrt(len(levelled)), resolution / math.sqrt(12))
        if sum(abs(value - offset) > max(TOLERANCE, 6 * spread) for value in levelled) > _STRAY * len(levelled):
            error = max(error, (max(levelled) - min(levelled)) / 2)  # the clock was set in between: one offset is none
        return Estimate(clock, self.begin, self.end, self.pairs, offset, drift, error)

    def _drift(self) -> float:
        """The median of the slopes between groups (Theil 1950, Sen 1968), if it is clear and plausible."""
        points = list(zip(self._least, self._at, strict=True))
        if len(points) < 8 or self.end - self.begin < 3_600_000_000:
            return 0.0
        slopes = [
            (one - other) / (at - before)
            for place, (one, at) in enumerate(points)
            for other, before in points[:place]
            if at != before
        ]
        if not slopes:
            return 0.0
        slope = median(slopes)
        centre = median([value - slope * at for value, at in points])
        spread = _SCALE * median([abs(value - slope * at - centre) for value, at in points])
        clear = abs(slope) * (self.end - self.begin) > 3 * max(spread, 1_000)
        return slope if clear and abs(slope) <= LARGEST_DRIFT else 0.0


class Clocks:
    """Estimates by clock and time: those that hold from earlier, and those that this collection adds.

    An instant is always corrected by the estimate that was first recorded for it, so that collecting a file again
    gives equal events.

    Args:
        recorded: Estimates of earlier collections.
    """

    def __init__(self, recorded: Iterable[Estimate] = ()) -> None:
        self._estimates: dict[str, list[Estimate]] = {}
        self._open: dict[str, Envelope] = {}
        self.added: list[Estimate] = []
        """Estimates that no earlier collection recorded."""
        self.aligned = 0
        """Events whose instants were corrected."""
        for estimate in recorded:
            self._estimates.setdefault(estimate.clock, []).append(estimate)

    def watch(self, sightings: Iterable[Sighting]) -> None:
        """Learn from happenings of a time for which nothing is recorded."""
        for sighting in sightings:
            if self._find(sighting) is None:
                envelope = self._open.get(sighting.clock)
                if envelope is None:
                    envelope = self._open[sighting.clock] = Envelope()
                envelope.add(sighting.seen, sighting.reference)
        self.close()

    def close(self) -> None:
        """Turn what was watched into estimates."""
        for clock, envelope in self._open.items():
            estimate = envelope.estimate(clock)
            self._estimates.setdefault(clock, []).append(estimate)
            self.added.append(estimate)
        self._open.clear()

    def align(self, row: Parsed) -> LearnerEvent:
        """The event with its instant on the server's time line; the original instant is kept in `payload["clock"]`."""
        sighting, event = row.sighting, row.event
        if sighting is None:
            return event
        estimate = self._find(sighting)
        if estimate is not None and estimate.applied:
            at, how = estimate.aligned(sighting.seen), {"offset_seconds": round((estimate.offset or 0.0) / 1e6, 3)}
            if estimate.drift:
                how["drift"] = round(estimate.drift, 9)
            how["uncertainty_seconds"] = round((estimate.uncertainty or 0.0) / 1e6, 3)
        elif sighting.prefer_reference and (estimate is None or not estimate.known):
            at, how = sighting.reference, {}
        else:
            return event
        self.aligned += 1
        clock: Mapping[str, str | float] = {"at": event.at, **how}
        return event.model_copy(update={"at": iso(at), "payload": {**event.payload, "clock": dict(clock)}})

    def _find(self, sighting: Sighting) -> Estimate | None:
        for estimate in self._estimates.get(sighting.clock, ()):
            if estimate.begin <= sighting.seen <= estimate.end:
                return estimate
        return None

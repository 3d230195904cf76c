"""Cleaning and normalisation: durations, latencies, sessions, and scales of a cohort that do not follow outliers.

Nothing is thrown away and nothing is invented: a value that cannot be one is left out with its reason, a time that is
too long to be work counts as the longest there is, and every parameter of a scale is kept with it.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gradatim.memory.profile.reading import IDLE_SECONDS, SESSION_GAP, finite

SHORTEST = 0.001
"""Seconds; a shorter latency counts as this, so that its logarithm is finite."""
IDLE_GAP_SECONDS = 600.0
"""Longest gap between two events of a session that counts as time on task in full."""
NORMAL = 1.4826
"""Standard deviation of a normal variable in units of its median absolute deviation (Hampel, 1974)."""
_SECOND = 1_000_000


class Duration(NamedTuple):
    """A cleaned duration."""

    seconds: float
    capped: bool
    """Whether it was longer and counts as the cap."""


def duration(value: object, cap: float = IDLE_SECONDS) -> Duration | None:
    """A duration in seconds, at most `cap`; `None` for what is no duration (negative, not finite, no number)."""
    seconds = finite(value)
    return None if seconds is None else Duration(min(seconds, cap), seconds > cap)


def log_latency(seconds: float) -> float:
    """Natural logarithm of a latency: latencies are skewed to the right, their logarithms nearly normal."""
    return math.log(max(SHORTEST, seconds))


@dataclass(frozen=True, slots=True)
class RobustScale:
    """A scale of a cohort: `z = (value − median) / (1.4826 · median absolute deviation)`.

    Half of the values may be outliers before it follows them (Hampel, 1974). Where more than half of the values are
    the same, the deviation is 0 and the mean absolute deviation stands in (Iglewicz and Hoaglin, 1993).

    Attributes:
        centre: Median.
        spread: In the unit of the values; 0 where all are the same.
        values: How many it was made from.
        rule: How the spread was computed.
    """

    centre: float
    spread: float
    values: int
    rule: str

    def z(self, value: float) -> float | None:
        """The value in robust standard units; `None` where all values of the cohort are the same."""
        return (value - self.centre) / self.spread if self.spread > 0.0 else None

    def outlier(self, value: float, limit: float = 3.5) -> bool:
        """Whether the value lies further off than Iglewicz and Hoaglin (1993) advise."""
        z = self.z(value)
        return z is not None and abs(z) > limit


def robust_scale(values: Iterable[float]) -> RobustScale | None:
    """The scale of these values; `None` without any."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return None
    centre = statistics.median(known)
    off = [abs(value - centre) for value in known]
    spread = statistics.median(off) * NORMAL
    if spread > 0.0:
        return RobustScale(centre, spread, len(known), "1.4826 · median absolute deviation")
    # For a normal variable the mean absolute deviation is √(2/π) standard deviations.
    spread = math.fsum(off) / len(off) * math.sqrt(math.pi / 2.0)
    return RobustScale(centre, spread, len(known), "1.2533 · mean absolute deviation (the median one is 0)")


class Session(NamedTuple):
    """Consecutive events without a long gap."""

    first: int
    """Place of its first event."""
    last: int
    """Place of its last event."""
    began: int
    """Microseconds since 1970."""
    ended: int
    """Instant of its last event."""
    task_seconds: float
    """Gaps between its events, a long one only in part."""

    @property
    def seconds(self) -> float:
        """From the first to the last event."""
        return (self.ended - self.began) / _SECOND


def sessions(instants: Sequence[int], gap: int = SESSION_GAP, idle: float = IDLE_GAP_SECONDS) -> list[Session]:
    """Sessions in a learner's events.

    Args:
        instants: Of the events, microseconds since 1970, ascending.
        gap: Microseconds without an event that end a session.
        idle: Seconds that a gap within a session counts as time on task at most.
    """
    found: list[Session] = []
    first, on_task = 0, 0.0
    for place in range(1, len(instants) + 1):
        if place == len(instants) or instants[place] - instants[place - 1] > gap:
            found.append(Session(first, place - 1, instants[first], instants[place - 1], on_task))
            first, on_task = place, 0.0
        else:
            on_task += min(idle, (instants[place] - instants[place - 1]) / _SECOND)
    return found

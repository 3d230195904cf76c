"""Means of times of day: of directions on a circle, on which 23:00 and 1:00 are two hours apart."""

from __future__ import annotations

import math
from typing import NamedTuple

from gradatim.memory.profile.averages import DECAY, effective_size

_GAIN = 1.0 - DECAY
DAY_MINUTES = 1_440
_HOURS = 24.0 / math.tau


class TimeOfDay(NamedTuple):
    """The mean time of day and how much there is to it."""

    hour: float
    """0 to 24."""
    error: float | None
    """Circular standard error, hours; `None` below two times, or where no hour stands out."""
    concentration: float
    """Mean resultant length R, 0 (spread all over the day) to 1 (always at the same time)."""
    concentration_error: float | None
    """Its standard error."""


Circular = list[float]
"""Decayed means of cosine and sine of the angle and of twice the angle (Fisher, 1993, chapter 2), and their number."""


def circular() -> Circular:
    """One without observations."""
    return [0.0, 0.0, 0.0, 0.0, 0]


def observe_minute(kept: Circular, minute: int) -> None:
    """Take in the next time of day, in minutes from midnight."""
    angle = minute * (math.tau / DAY_MINUTES)
    cosine, sine = math.cos(angle), math.sin(angle)
    keep, gain = (DECAY, _GAIN) if kept[4] else (0.0, 1.0)
    kept[0] = keep * kept[0] + gain * cosine
    kept[1] = keep * kept[1] + gain * sine
    kept[2] = keep * kept[2] + gain * (cosine * cosine - sine * sine)
    kept[3] = keep * kept[3] + gain * 2.0 * sine * cosine
    kept[4] += 1


def as_time(kept: Circular) -> TimeOfDay | None:
    """The mean time of day; `None` without any.

    With ρ₂ the second moment about the mean direction and n the effective number of times, the standard errors are
    √((1 − ρ₂) / 2R² / n) of the direction (Fisher and Lewis, 1983) and √((1 + ρ₂ − 2R²) / 2n) of R (Mardia and
    Jupp, 2000, section 4.8).
    """
    if not kept[4]:
        return None
    count = int(kept[4])
    length = min(1.0, math.hypot(kept[0], kept[1]))
    direction = math.atan2(kept[1], kept[0])
    error: float | None = None
    spread: float | None = None
    if count > 1:
        size = effective_size(count)
        second = math.cos(2 * direction) * kept[2] + math.sin(2 * direction) * kept[3]
        spread = math.sqrt(max(0.0, 1.0 + second - 2.0 * length * length) / (2.0 * size))
        if length > 0.0:
            error = math.sqrt(max(0.0, 1.0 - second) / (2.0 * length * length * size)) * _HOURS
            # As wrong as a time drawn from the whole day: the mean direction says nothing any more.
            error = error if error < 24.0 / math.sqrt(12.0) else None
    return TimeOfDay(direction % math.tau * _HOURS % 24.0, error, length, spread)

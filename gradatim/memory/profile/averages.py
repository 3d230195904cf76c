"""Means that follow their observations: small, of constant size, and aware of how much they rest on.

All of them weigh observations by age. The first observation has weight 1; each new one gets 1 − λ and multiplies the
weights before it by λ, so that the weights always add up to 1: `p ← λ·p + (1 − λ)·observed`. A mean of weighted
observations is as sure as one of `1 / Σ weight²` equally weighted ones (Kish, 1965), here at most 19.

They are plain lists and dictionaries of numbers with functions over them, not objects, because they are stored as JSON
after every event and read before the next: as they are, both cost next to nothing.
"""

from __future__ import annotations

import math
from typing import NamedTuple

DECAY = 0.9
"""λ: weight that an attribute keeps at each new observation, and a daily one at each new day."""
_GAIN = 1.0 - DECAY
_PSEUDO = 4.0
"""Observations, half of them 1, that Agresti and Coull add before they ask how sure a share is."""


class Measured(NamedTuple):
    """What an attribute amounts to."""

    value: float | None = None
    error: float | None = None
    """Standard error; `None` where nothing can be said about it."""
    observations: int = 0
    """Observations that it was computed from, each once whatever its weight."""


NOTHING = Measured()
"""Not observed."""


def effective_size(count: int) -> float:
    """How many equally weighted observations `count` decayed ones are worth: `1 / Σ weight²` (Kish, 1965)."""
    oldest = DECAY ** (2 * max(0, count - 1))
    return 1.0 / (oldest + _GAIN * _GAIN * (1.0 - oldest) / (1.0 - DECAY * DECAY))


def mean_error(variance: float, count: int) -> float | None:
    """Standard error of a decayed mean; `None` below two observations.

    Args:
        variance: Weighted mean squared distance from the mean (weights add up to 1).
        count: Observations.
    """
    if count < 2:
        return None
    share = 1.0 / effective_size(count)
    return math.sqrt(max(0.0, variance) / (1.0 - share) * share)


def share_error(share: float, size: float) -> float:
    """Standard error of a share of `size` (effective) observations, as Agresti and Coull (1998) have it.

    Two successes and two failures are added first, so that three successes of three are not taken for certainty.
    """
    middle = (share * size + _PSEUDO / 2.0) / (size + _PSEUDO)
    return math.sqrt(max(0.0, middle * (1.0 - middle)) / (size + _PSEUDO))


# ------------------------------------------------------------------------------------------ a quantity

Average = list[float]
"""Decayed mean, variance about it and number of observations of a quantity."""


def average() -> Average:
    """One without observations."""
    return [0.0, 0.0, 0]


def observe(kept: Average, observed: float) -> None:
    """Take in the next observation."""
    mean, variance, count = kept
    if count:
        distance = observed - mean
        kept[0] = DECAY * mean + _GAIN * observed
        kept[1] = DECAY * (variance + _GAIN * distance * distance)
    else:
        kept[0] = observed
    kept[2] = count + 1


def as_mean(kept: Average) -> Measured:
    """Of any quantity: the error from the spread of the observations."""
    mean, variance, count = kept[0], kept[1], int(kept[2])
    return Measured(mean, mean_error(variance, count), count) if count else NOTHING


def as_share(kept: Average) -> Measured:
    """Of observations that lie in [0, 1]: the error of a share, which bounds that of any such quantity."""
    mean, count = kept[0], int(kept[2])
    return Measured(mean, share_error(mean, effective_size(count)), count) if count else NOTHING


# ------------------------------------------------------------------------------------ kinds of something

Shares = dict[str, list[float]]
"""Kind → its decayed share and the number of observations at which that was right.

A kind's share fades by itself while others are seen, which is made up for when it is read or seen again; so only the
kind that is seen costs time. How many observations there were is kept beside it.
"""


def observe_kind(kept: Shares, kind: str, count: int) -> None:
    """Take in the kind that was seen as the `count`-th."""
    known = kept.get(kind)
    if known is not None:
        known[0] = known[0] * DECAY ** (count - known[1]) + _GAIN
        known[1] = count
    else:
        kept[kind] = [_GAIN if count > 1 else 1.0, count]


def share_of(kept: Shares, kind: str, count: int) -> float:
    """Share of a kind after `count` observations."""
    known = kept.get(kind)
    return known[0] * DECAY ** (count - known[1]) if known is not None else 0.0


def kind_as_share(kept: Shares, kind: str, count: int) -> Measured:
    """Share of a kind after `count` observations, with its error."""
    if not count:
        return NOTHING
    share = share_of(kept, kind, count)
    return Measured(share, share_error(share, effective_size(count)), count)


# ------------------------------------------------------------------------------------- something each day

Daily = list[float]
"""Of a quantity a day: decayed mean and mean square over the days before today, how many those are, and today's.

A silent day counts as 0: that absence is coded 0 and never filled in is the policy for behavioural logs.
"""
TODAY = 3
"""Place of what today adds up to."""


def daily() -> Daily:
    """One that begins today."""
    return [0.0, 0.0, 0, 0.0]


def turn(kept: Daily, days: int) -> None:
    """End today; `days` ≥ 1 is how far off the next day with an event is."""
    kept[0], kept[1] = _ended(kept, days)
    kept[2] += days
    kept[TODAY] = 0.0


def per_day(kept: Daily, silent: int, *, share: bool = False) -> Measured:
    """The mean as of `silent` days after the last day with an event.

    Args:
        kept: The quantity.
        silent: Days.
        share: Whether the quantity lies in [0, 1], so that its error is that of a share.
    """
    mean, square = _ended(kept, silent + 1)
    days = int(kept[2]) + silent + 1
    if share:
        return Measured(mean, share_error(min(1.0, mean), effective_size(days)), days)
    return Measured(mean, mean_error(square - mean * mean, days), days)


def _ended(kept: Daily, days: int) -> tuple[float, float]:
    """Mean and mean square once today and the `days - 1` silent ones after it have ended."""
    mean, square, before, today = kept
    if before:
        mean = DECAY * mean + _GAIN * today
        square = DECAY * square + _GAIN * today * today
    else:
        mean, square = today, today * today
    fade = DECAY ** (days - 1)
    return fade * mean, fade * square

"""How well stated probabilities fit what happened: Brier score with its parts, and calibration error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.location import mean
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_count,
    check_level,
    same_length,
    stated_probabilities,
    truth_values,
    unknown,
    without_interval,
)

Binning = Literal["width", "mass"]
BINS = 10
_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class BrierParts:
    """What a Brier score is made of: `score = reliability − resolution + uncertainty + within`.

    Attributes:
        score: Mean squared error, in [0, 1].
        reliability: Mean squared distance of stated probability and observed share of each bin; 0 is best.
        resolution: Mean squared distance of the bins' shares from the overall share; the more the better.
        uncertainty: Variance of the outcomes, which no forecast changes.
        within: What unequal probabilities inside a bin add (Stephenson, Coelho and Jolliffe, 2008); 0 where each bin
            holds one probability.
        n: Cases.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    n: int


def brier(probabilities: Values, outcomes: Values, level: float = 0.95) -> Estimate:
    """Mean squared error of probabilities, in [0, 1]; 0 is best (Brier, 1950). Interval of a mean.

    Raises:
        InputError: A probability is not in [0, 1], an outcome neither true nor false, or the two differ in length.
    """
    stated, true = _checked(probabilities, outcomes)
    found = mean((stated - true) ** 2, level)
    if found.low is None or found.high is None:
        return Estimate(found.value, None, None, found.n, level, found.method)
    method = "Brier score (Brier, 1950), Student's t interval of squared errors"
    return Estimate(found.value, max(0.0, found.low), min(1.0, found.high), found.n, level, method)


def brier_parts(probabilities: Values, outcomes: Values, bins: int | None = None) -> BrierParts | None:
    """A Brier score in its parts (Murphy, 1973); `None` where there are no cases.

    Args:
        bins: Of equal width; when not given, one for each probability that occurs.

    Raises:
        InputError: A probability is not in [0, 1], an outcome neither true nor false, or the two differ in length.
    """
    stated, true = _checked(probabilities, outcomes)
    if not len(stated):
        return None
    if bins is None:
        place = np.unique(stated, return_inverse=True)[1].reshape(-1)
    else:
        place = _wide(stated, check_count(bins, "bins"))
    place = np.unique(place, return_inverse=True)[1].reshape(-1)
    count = np.bincount(place).astype(float)
    said, seen = np.bincount(place, weights=stated) / count, np.bincount(place, weights=true) / count
    share = count / len(stated)
    base = float(true.mean())
    score = float(((stated - true) ** 2).mean())
    reliability = float((share * (said - seen) ** 2).sum())
    resolution = float((share * (seen - base) ** 2).sum())
    off = stated - said[place]
    within = float((off**2).mean()) - 2.0 * float((off * (true - seen[place])).mean())
    return BrierParts(score, reliability, resolution, base * (1.0 - base), within, len(stated))


def calibration_error(
    probabilities: Values,
    outcomes: Values,
    bins: int = BINS,
    level: float = 0.95,
    *,
    binning: Binning = "width",
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Expected calibration error, in [0, 1]; 0 is best: mean distance of stated and observed share over bins.

    Bins of equal width (Naeini, Cooper and Hauskrecht, 2015) or of equal numbers of cases (Nguyen and O'Connor, 2015),
    as in `gradatim.agents.reliability`. In a finite sample it is too high even of perfect probabilities, the more the
    fewer cases a bin holds. The interval allows for that: it is the basic bootstrap over cases with the bins as they
    are (Davison and Hinkley, 1997), and its lower end is 0 where outcomes drawn from the stated probabilities would
    give such an error as well (consistency resampling; Bröcker and Smith, 2007). Its upper end is never below the
    estimate.

    Raises:
        InputError: A probability is not in [0, 1], an outcome neither true nor false, or the two differ in length.
    """
    stated, true = _checked(probabilities, outcomes)
    check_count(bins, "bins")
    check_level(level)
    check_count(resamples, "resamples", 0)
    if binning not in ("width", "mass"):
        raise InputError(f"is {binning!r}", place="binning", remedy="give 'width' or 'mass'")
    n = len(stated)
    method = f"expected calibration error, {bins} bins of equal {binning}"
    if n == 0:
        return unknown("there are no cases", n, level)
    place = _wide(stated, bins) if binning == "width" else _even(stated, bins)
    off = stated - true
    value = float(np.abs(np.bincount(place, weights=off)).sum()) / n
    if n < 10 or resamples < 1:
        return without_interval(
            value, n, level, method, "there are fewer than 10 cases" if n < 10 else "none was asked"
        )
    draw = np.random.default_rng(seed)
    drawn = _resampled(place, off, resamples, draw)
    low, high = (2.0 * value - end for end in np.quantile(drawn, [0.5 + level / 2.0, 0.5 - level / 2.0]))
    perfect = _consistent(place, stated, resamples, draw)
    if value <= float(np.quantile(perfect, 0.5 + level / 2.0)):
        low = 0.0
    low, high = min(max(0.0, float(low)), value), min(1.0, max(float(high), value))
    return Estimate(value, low, high, n, level, f"{method}, basic bootstrap and consistency resampling")


def _resampled(place: NDArray[np.intp], off: Reals, resamples: int, draw: np.random.Generator) -> Reals:
    """The error of cases drawn from these."""
    n = len(off)

    def once(rows: int) -> Reals:
        chosen = draw.integers(0, n, size=(rows, n))
        return _error(place[chosen], off[chosen], int(place.max()) + 1)

    return _in_steps(once, n, resamples)


def _consistent(place: NDArray[np.intp], stated: Reals, resamples: int, draw: np.random.Generator) -> Reals:
    """The error of outcomes drawn from the stated probabilities."""

    def once(rows: int) -> Reals:
        off = stated - (draw.random((rows, len(stated))) < stated)
        return _error(np.broadcast_to(place, off.shape), off, int(place.max()) + 1)

    return _in_steps(once, len(stated), resamples)


def _in_steps(once: Callable[[int], Reals], n: int, resamples: int) -> Reals:
    step = max(1, _CELLS // n)
    return np.concatenate([once(min(step, resamples - start)) for start in range(0, resamples, step)])


def _error(place: NDArray[np.intp], off: Reals, kinds: int) -> Reals:
    """Calibration error of each row; shapes (rows, cases)."""
    rows, n = off.shape
    start: NDArray[np.intp] = np.repeat(np.arange(0, rows * kinds, kinds, dtype=np.intp), n)
    sums = np.bincount(place.ravel() + start, weights=off.ravel(), minlength=rows * kinds)
    return np.abs(sums.reshape(rows, kinds)).sum(axis=1) / n


def _wide(stated: Reals, bins: int) -> NDArray[np.intp]:
    return np.minimum((stated * bins).astype(np.intp), bins - 1)


def _even(stated: Reals, bins: int) -> NDArray[np.intp]:
    """Bins of equal numbers of cases; those with the same probability share the bin of the first of them."""
    _, which, count = np.unique(stated, return_inverse=True, return_counts=True)
    first = np.cumsum(count) - count
    return (first * bins // len(stated))[which.reshape(-1)]


def _checked(probabilities: Values, outcomes: Values) -> tuple[Reals, Reals]:
    stated, true = stated_probabilities(probabilities), truth_values(outcomes)
    same_length(("probabilities", "outcomes"), len(stated), len(true))
    return stated, true.astype(float)

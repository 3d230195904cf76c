"""Krippendorff's α: agreement of any number of raters, on any scale, with ratings missing."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.samples import (
    LARGEST,
    Reals,
    check_count,
    check_hashable,
    check_level,
    is_number,
    unknown,
    without_interval,
)

Measurement = Literal["nominal", "ordinal", "interval", "ratio"]
_LEVELS = ("nominal", "ordinal", "interval", "ratio")
_CELLS = 2_000_000
"""Numbers that a step of the bootstrap holds at once."""
_MATRIX = 2_000
"""Different values up to which the disagreement of each two is kept for the bootstrap."""


@dataclass(frozen=True, slots=True)
class _Rated:
    """Units with two ratings or more, those with the same ratings as one pattern, flattened.

    Attributes:
        times: How often each pattern occurs, shape (patterns,).
        pattern: Of each rating, shape (ratings,), ascending.
        value: Which of the different values it is, shape (ratings,).
        scale: The different values on their scale, shape (values,): themselves, or mid-ranks.
        size: Ratings of each pattern, shape (patterns,).
        sums, squares: Of the scale over each pattern's ratings, shape (patterns,).
        apart: Σ of disagreement over ordered pairs of each pattern's ratings, over (ratings − 1), shape (patterns,).
    """

    times: Reals
    pattern: NDArray[np.intp]
    value: NDArray[np.intp]
    scale: Reals
    size: Reals
    sums: Reals
    squares: Reals
    apart: Reals


def krippendorff_alpha(
    units: Sequence[Sequence[Hashable]],
    level_of_measurement: Measurement = "nominal",
    level: float = 0.95,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Krippendorff's α, at most 1: 1 is full agreement, 0 what chance gives (Krippendorff, 2011).

    `1 − D_o/D_e`: observed disagreement of pairs of ratings within units, over that of pairs of all ratings. Squared
    differences by level: nominal 0 or 1; ordinal of mid-ranks; interval of values; ratio `((c − k)/(c + k))²`. The
    interval is the percentile bootstrap over units (Zapf et al., 2016), with the scale of the whole sample; it is
    widened to hold the estimate where that is as low as the data allow.

    Args:
        units: Ratings of each unit, in any number; `None` or NaN where a rater gave none. Units with fewer than two
            ratings carry nothing and are left out; `n` counts the others.
        level_of_measurement: Of the values; all but nominal need numbers.
        resamples: Of the bootstrap; 0 for no interval.

    Raises:
        InputError: A value does not fit the level of measurement; names its place.
    """
    check_level(level)
    check_count(resamples, "resamples", 0)
    if level_of_measurement not in _LEVELS:
        raise InputError(
            f"is {level_of_measurement!r}", place="level_of_measurement", remedy=f"give one of {', '.join(_LEVELS)}"
        )
    rated = _read(units, level_of_measurement)
    n = int(rated.times.sum())
    if n == 0:
        return unknown("no unit has two ratings", 0, level)
    value = float(_alpha(rated, level_of_measurement, rated.times[None, :])[0])
    if math.isnan(value):
        return unknown("all ratings are the same", n, level)
    method = f"Krippendorff's α, {level_of_measurement} (Krippendorff, 2011), percentile bootstrap over units"
    if n < 3 or resamples < 1:
        return without_interval(value, n, level, method, "there are fewer than 3 units" if n < 3 else "none was asked")
    if level_of_measurement == "ratio" and len(rated.scale) > _MATRIX:
        return without_interval(value, n, level, method, f"more than {_MATRIX} different values on a ratio scale")
    if not rated.apart.any():
        return without_interval(value, n, level, method, "agreement is perfect")
    found = _resampled(rated, level_of_measurement, resamples, seed)
    found = found[~np.isnan(found)]
    if len(found) < resamples / 2.0:
        return without_interval(value, n, level, method, "most resamples hold one value only")
    low, high = np.quantile(found, [0.5 - level / 2.0, 0.5 + level / 2.0])
    return Estimate(value, min(float(low), value), max(float(high), value), n, level, method)


def _read(units: Sequence[Sequence[Hashable]], measurement: Measurement) -> _Rated:
    place: dict[Hashable, int] = {}
    patterns: dict[tuple[int, ...], int] = {}
    for at, ratings in enumerate(units):
        if isinstance(ratings, (str, bytes)) or not isinstance(cast("object", ratings), Iterable):
            what = type(ratings).__name__
            raise InputError(f"is {what}, not a unit's ratings", place=f"units[{at}]", remedy="give a list of ratings")
        there = [(rater, one) for rater, one in enumerate(ratings) if not _missing(one)]
        for rater, one in there:
            check_hashable(one, f"units[{at}][{rater}]")
        if measurement != "nominal":
            for rater, one in there:
                _check_number(one, f"units[{at}][{rater}]", measurement)
        if len(there) > 1:
            key = tuple(sorted(place.setdefault(one, len(place)) for _, one in there))
            patterns[key] = patterns.get(key, 0) + 1
    times = np.array(list(patterns.values()), dtype=float)
    size = np.array([len(key) for key in patterns], dtype=float)
    pattern = np.repeat(np.arange(len(patterns)), size.astype(np.intp))
    value = np.array([one for key in patterns for one in key], dtype=np.intp)
    totals = np.bincount(value, weights=times[pattern], minlength=len(place)).astype(float)
    scale = _scale(list(place), totals, measurement)
    own = scale[value]
    sums = np.bincount(pattern, weights=own, minlength=len(patterns)).astype(float)
    squares = np.bincount(pattern, weights=own**2, minlength=len(patterns)).astype(float)
    apart = _within(pattern, value, scale, size, measurement)
    return _Rated(times, pattern, value, scale, size, sums, squares, apart)


def _scale(values: Sequence[Hashable], totals: Reals, measurement: Measurement) -> Reals:
    """Where each value stands: itself, or the mid-rank of the ordinal level."""
    if measurement == "nominal" or not values:
        return np.zeros(len(values))
    scale = np.array(values, dtype=float)
    if measurement == "ordinal":
        order = np.argsort(scale)
        scale[order] = np.cumsum(totals[order]) - totals[order] / 2.0
    if measurement in ("ordinal", "interval"):
        # about their middle and in units of their spread, so that squares keep their digits
        scale = scale - (scale.max() + scale.min()) / 2.0
        scale = scale / max(float(np.abs(scale).max()), 1e-300)
    return scale


def _within(
    pattern: NDArray[np.intp], value: NDArray[np.intp], scale: Reals, size: Reals, measurement: Measurement
) -> Reals:
    """Disagreement within each pattern."""
    if not len(size):
        return np.zeros(0)
    if measurement == "nominal":
        key = pattern.astype(np.int64) * (int(value.max()) + 1) + value
        kinds, counts = np.unique(key, return_counts=True)
        same = np.bincount(kinds // (int(value.max()) + 1), weights=counts.astype(float) ** 2, minlength=len(size))
        return (size**2 - same) / (size - 1.0)
    if measurement == "ratio":
        ends = np.cumsum(size).astype(int)
        pieces = np.split(scale[value], ends[:-1])
        return np.array([float(_ratio(piece[:, None], piece).sum()) for piece in pieces]) / (size - 1.0)
    own = scale[value]
    centre = np.bincount(pattern, weights=own) / size
    spread = np.bincount(pattern, weights=(own - centre[pattern]) ** 2)
    return 2.0 * size * spread / (size - 1.0)


def _alpha(rated: _Rated, measurement: Measurement, weights: Reals) -> Reals:
    """α for each row of weights of patterns, shape (rows, patterns); NaN where all values are the same."""
    observed = weights @ rated.apart
    n = weights @ rated.size
    if measurement in ("ordinal", "interval"):
        squares = weights @ rated.squares
        pairs = 2.0 * (n * squares - (weights @ rated.sums) ** 2)
        pairs = np.where(pairs <= 1e-12 * n * squares, 0.0, pairs)
    else:
        totals = _totals(rated, weights)
        nominal = measurement == "nominal"
        pairs = n**2 - (totals**2).sum(axis=1) if nominal else _ratio_pairs(totals, rated.scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pairs > 0.0, 1.0 - observed * (n - 1.0) / pairs, np.nan)


def _totals(rated: _Rated, weights: Reals) -> Reals:
    """How often each value occurs, for each row of weights."""
    kinds = len(rated.scale)
    rows = [np.bincount(rated.value, weights=row[rated.pattern], minlength=kinds) for row in weights]
    return np.stack(rows).astype(float)


def _ratio_pairs(totals: Reals, scale: Reals) -> Reals:
    found = np.zeros(len(totals))
    step = max(1, _CELLS // max(1, len(scale)))
    for start in range(0, len(scale), step):
        part = slice(start, start + step)
        found += ((totals[:, part] @ _ratio(scale[part, None], scale)) * totals).sum(axis=1)
    return found


def _ratio(a: Reals, b: Reals) -> Reals:
    total = a + b
    return np.where(total > 0.0, (a - b) / np.where(total > 0.0, total, 1.0), 0.0) ** 2


def _resampled(rated: _Rated, measurement: Measurement, resamples: int, seed: int) -> Reals:
    draw = np.random.default_rng(seed)
    n, kinds = int(rated.times.sum()), len(rated.times)
    unit = np.repeat(np.arange(kinds), rated.times.astype(np.intp))
    step = max(1, _CELLS // max(n, len(rated.scale)))
    found: list[Reals] = []
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        if kinds * 5 <= n:
            weights = draw.multinomial(n, rated.times / n, size=rows).astype(float)
        else:
            chosen = draw.integers(0, n, size=(rows, n))
            weights = np.stack([np.bincount(unit[row], minlength=kinds) for row in chosen]).astype(float)
        found.append(_alpha(rated, measurement, weights))
    return np.concatenate(found)


def _missing(value: Hashable) -> bool:
    return value is None or (is_number(value) and math.isnan(value))


def _check_number(value: Hashable, place: str, measurement: Measurement) -> None:
    if not is_number(value) or not abs(value) <= LARGEST:
        raise InputError(
            f"is {str(value)[:40]!r}, no finite number", place=place, remedy=f"{measurement} α needs numbers, or None"
        )
    if measurement == "ratio" and value < 0:
        raise InputError(f"is {value}, below 0", place=place, remedy="a ratio scale starts at 0: take interval")

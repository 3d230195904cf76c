"""Intervals and tests without a distribution: the bootstrap and permutations."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from inspect import signature
from itertools import product
from typing import Any

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.comparing import differences
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_count,
    check_level,
    is_number,
    same_length,
    sample,
    unknown,
    untested,
    without_interval,
)

Statistic = Callable[..., Any]
"""Of one or more arrays to a number; with a parameter `axis` it is called with many resamples at once."""

_CELLS = 1_000_000
"""Numbers that a step holds at once."""
_JACKKNIFED = 10_000
"""Values up to which the bootstrap is accelerated: the jackknife costs n², and acceleration falls as 1/√n."""


def bootstrap(
    statistic: Statistic,
    *samples: Values,
    level: float = 0.95,
    resamples: int = 4999,
    seed: int = 0,
    paired: bool = False,
) -> Estimate:
    """A statistic with its bootstrap interval, bias-corrected and accelerated (BCa; Efron, 1987).

    Above 10,000 values, and where the correction is not defined, it is the percentile interval (Efron, 1979); `method`
    says which. Where all resamples give the same there is none. The same seed gives the same interval.

    Args:
        statistic: `numpy.mean`, or a function of as many arrays as there are samples that gives a number, `None` where
            it is not defined, or an `Estimate`: `pearson`, say.
        samples: At least one.
        resamples: How often to draw.
        paired: Whether values of the samples at one place belong to one case, and are drawn together.

    Raises:
        InputError: A value is no finite number, or paired samples differ in length.
    """
    check_level(level)
    check_count(resamples, "resamples", 10)
    if not samples:
        raise InputError("there is no sample", place="samples", remedy="give one sequence of numbers at least")
    values = [sample(each, f"samples[{at}]") for at, each in enumerate(samples)]
    if paired:
        for at, each in enumerate(values[1:], 1):
            same_length(("samples[0]", f"samples[{at}]"), len(values[0]), len(each))
    n = len(values[0]) if paired else sum(len(each) for each in values)
    if any(not len(each) for each in values):
        return unknown("a sample is empty", n, level)
    statistic = _plain(statistic)
    with np.errstate(all="ignore"):
        value = float(statistic(*values))
    if not math.isfinite(value):
        return unknown("the statistic is not defined for these values", n, level)
    if min(len(each) for each in values) < 2:
        return without_interval(value, n, level, "bootstrap", "a sample has fewer than 2 values")
    longest = max(len(each) for each in values)
    found = _drawn(statistic, values, longest, level=level, resamples=resamples, seed=seed, paired=paired)
    if found is None:
        return without_interval(value, n, level, "bootstrap", "the statistic is not defined for most resamples")
    if isinstance(found, str):
        return without_interval(value, n, level, "bootstrap", found)
    low, high, name = found
    return Estimate(value, low, high, n, level, f"{name}, {resamples} resamples")


def permutation(
    x: Values, y: Values, paired: bool = False, resamples: int = 9999, seed: int = 0, *, level: float = 0.95
) -> TestResult:
    """Whether means differ, by permutation: signs of differences if paired, else labels (Fisher, 1935; Pitman, 1937).

    Exact where all rearrangements are no more than `resamples`; else p counts the data among the random ones, so that
    it is never 0 (Phipson and Smyth, 2010). Two-sided p counts sums of differences as far from 0, and twice the smaller
    tail of divisions. The statistic is the difference of means x − y; the effect is the same with its bootstrap
    interval.

    Raises:
        InputError: A value is no finite number, or paired samples differ in length.
    """
    first, second = sample(x), sample(y, "y")
    check_count(resamples, "resamples", 10)
    check_level(level)
    method = "permutation of signs" if paired else "permutation of labels"
    if paired:
        same_length(("x", "y"), len(first), len(second))
    n = len(first) if paired else len(first) + len(second)
    if not len(first) or not len(second):
        return untested(method, "a sample is empty", n, unknown("a sample is empty", n, level))
    drawn = min(resamples, 4999)
    if paired:
        off = differences(first, second)
        effect = bootstrap(np.mean, off, level=level, resamples=drawn, seed=seed)
        p, rearrangements = _signs(off, resamples, seed)
        statistic = float(off.mean())
    else:
        effect = bootstrap(_difference, first, second, level=level, resamples=drawn, seed=seed)
        p, rearrangements = _labels(first, second, resamples, seed)
        statistic = float(first.mean() - second.mean())
    how = f"exact, {rearrangements} rearrangements" if rearrangements else f"{resamples} random rearrangements"
    return TestResult(statistic, min(1.0, p), None, n, f"{method} (Fisher, 1935), {how}", effect)


def _signs(off: Reals, resamples: int, seed: int) -> tuple[float, int]:
    """Share of choices of signs whose sum is as far from 0, and how many there are; 0 where they were drawn."""
    n = len(off)
    size = np.abs(off)
    # sums that are equal but for rounding count as equal
    least = abs(float(off.sum())) - 1e-12 * float(size.sum())
    if 2**n <= resamples:
        signs: Reals = np.array(list(product((-1.0, 1.0), repeat=n)))
        return float((np.abs(signs @ size) >= least).mean()), 2**n
    draw = np.random.default_rng(seed)
    half = float(size.sum()) / 2.0
    step = max(1, _CELLS // n)
    found = 0
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        bits = np.unpackbits(draw.integers(0, 256, size=(rows, (n + 7) // 8), dtype=np.uint8), axis=1, count=n)
        found += int((2.0 * np.abs(bits @ size - half) >= least).sum())
    return (found + 1.0) / (resamples + 1.0), 0


def _labels(x: Reals, y: Reals, resamples: int, seed: int) -> tuple[float, int]:
    """Twice the smaller tail of all divisions, and how many there are; 0 where they were drawn."""
    n = len(x) + len(y)
    if min(len(x), len(y)) == 1:
        # scipy asks for two values a group; here each value stands alone once
        alone = x[0] if len(x) == 1 else y[0]
        values = np.concatenate([x, y])
        return 2.0 * min(float((values >= alone).mean()), float((values <= alone).mean())), n
    divisions = math.comb(n, len(x))
    result = stats().permutation_test(
        (x, y),
        _difference,
        permutation_type="independent",
        vectorized=True,
        n_resamples=np.inf if divisions <= resamples else resamples,
        batch=max(1, _CELLS // n),
        rng=np.random.default_rng(seed),
    )
    return float(result.pvalue), divisions if divisions <= resamples else 0


def _plain(statistic: Statistic) -> Statistic:
    """A statistic that gives numbers: an `Estimate` becomes its value, and none becomes NaN."""
    try:
        parameters = signature(statistic).parameters
    except ValueError:
        # a function of a compiled module that does not tell is called sample by sample
        parameters = {}
    if "axis" in parameters:
        return statistic

    def plain(*samples: Reals) -> float:
        found = statistic(*samples)
        if isinstance(found, Estimate):
            found = found.value
        if found is None:
            return math.nan
        if not is_number(found):
            raise InputError(
                f"gives {type(found).__name__}, no number", place="statistic", remedy="give a function that gives one"
            )
        return float(found)

    return plain


def _difference(x: Reals, y: Reals, axis: int = -1) -> Reals:
    return np.asarray(np.mean(x, axis=axis) - np.mean(y, axis=axis))


def _drawn(
    statistic: Statistic, values: list[Reals], longest: int, *, level: float, resamples: int, seed: int, paired: bool
) -> tuple[float, float, str] | str | None:
    """Ends of the interval and its name; or why there is none."""
    accelerated = longest <= _JACKKNIFED
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # scipy warns of degenerate distributions; what becomes of them is said below
        warnings.simplefilter("ignore")
        result = stats().bootstrap(
            tuple(values),
            statistic,
            n_resamples=resamples,
            batch=max(1, _CELLS // longest),
            paired=paired,
            confidence_level=level,
            method="BCa" if accelerated else "percentile",
            rng=np.random.default_rng(seed),
        )
    drawn: Reals = np.asarray(result.bootstrap_distribution, dtype=float)
    finite = drawn[np.isfinite(drawn)]
    if len(finite) < resamples / 2.0:
        return None
    if float(finite.max() - finite.min()) <= 1e-14 * float(np.abs(finite).max()):
        return "all resamples give the same"
    low, high = float(result.confidence_interval.low), float(result.confidence_interval.high)
    if accelerated and math.isfinite(low) and math.isfinite(high):
        return low, high, "BCa bootstrap (Efron, 1987)"
    low, high = np.quantile(finite, [0.5 - level / 2.0, 0.5 + level / 2.0])
    return float(low), float(high), "percentile bootstrap (Efron, 1979)"

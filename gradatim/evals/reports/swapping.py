"""Tests of any figure of paired data: if nothing differs, the two sides of an example could as well be swapped.

The paired permutation test (Fisher, 1935; Good, 2005, ch. 3): under the null hypothesis the labels "old" and "new" are
exchangeable within each example, so that the difference of the figures is compared with what it would have been under
random swaps. It asks nothing of the distribution, keeps the runs of an example together, and holds for figures that are
no means: a correlation, a calibration error, an area under a curve. All swaps are tried where they are few.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from statistics import NormalDist

import numpy as np

from gradatim.evals.reports.matching import Floats
from gradatim.evals.statistics.estimate import Estimate, TestResult

Statistic = Callable[[Floats], Floats]
"""From sums over examples (…, k) to figures (…)."""
SWAPS, RESAMPLES = 9_999, 1_999
MANY = 1_000
"""Examples from which errors are had by the jackknife and tests by t: resampling would give the same, and take long."""
_ROOM = 4_000_000
"""Numbers in memory at a time."""
_SAME = 1e-12


def swap_test(statistic: Statistic, old: Floats, new: Floats, *, swaps: int = SWAPS, seed: int = 0) -> TestResult:
    """Whether a figure of sums differs between two sides.

    Args:
        statistic: Gives the figure, from sums over the examples.
        old, new: What each example adds to the sums, `(n, k)`.
        swaps: Random swaps that the difference is compared with.
        seed: Of the swaps.

    Returns:
        The share of all swaps that are at least as extreme where there are no more than `swaps` of them; else
        `p = (1 + swaps at least as extreme) / (1 + swaps)` (Phipson and Smyth, 2010). `None` where the figure cannot
        be had.
    """
    total = old.sum(axis=0) + new.sum(axis=0)
    observed = float(statistic(new.sum(axis=0)) - statistic(old.sum(axis=0)))
    if not len(old) or not np.isfinite(observed):
        return TestResult(None, None, n=len(old), method="the figure cannot be computed from these pairs")
    base, step = old.sum(axis=0), new - old

    def extreme(swapped: Floats) -> int:
        sums = base + swapped @ step
        differences = statistic(total - sums) - statistic(sums)
        # where a swap leaves no figure, it counts against the finding
        return int(np.sum(~(np.abs(differences) < abs(observed) - _SAME)))

    if 2 ** len(old) <= swaps + 1:
        every: Floats = np.array(list(product((0.0, 1.0), repeat=len(old))))
        share = extreme(every) / len(every)
        return TestResult(observed, share, n=len(old), method=f"paired permutation, all {len(every):,} swaps")
    rng = np.random.default_rng(seed)
    found = done = 0
    while done < swaps:
        count = min(swaps - done, max(1, _ROOM // len(old)))
        found += extreme(rng.integers(0, 2, size=(count, len(old)), dtype=np.int8).astype(np.float64))
        done += count
    method = f"paired permutation, {swaps:,} swaps by example (Good, 2005)"
    return TestResult(observed, (1 + found) / (1 + swaps), n=len(old), method=method)


def interval(
    statistic: Statistic, old: Floats, new: Floats, *, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """The difference of a figure, with the percentile interval of a bootstrap over examples (Efron and Tibshirani,
    1993, ch. 13; Field and Welsh, 2007, for clusters); of many examples, with that of the jackknife.

    Args:
        statistic: Gives the figure, from sums over the examples.
        old, new: What each example adds to the sums, `(n, k)`.
        level: Of the interval.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.
    """
    observed = float(statistic(new.sum(axis=0)) - statistic(old.sum(axis=0))) if len(old) else float("nan")
    if not np.isfinite(observed):
        return Estimate(None, n=len(old), level=level, method="the figure cannot be computed from these pairs")
    if len(old) >= MANY:
        totals = old.sum(axis=0), new.sum(axis=0)
        return _jackknifed(observed, statistic(totals[1] - new) - statistic(totals[0] - old), level)
    low, high = _percentiles(lambda w: statistic(w @ new) - statistic(w @ old), len(old), level, resamples, seed)
    return Estimate(observed, low, high, len(old), level, f"bootstrap by example, {resamples:,} resamples")


def of_one(
    statistic: Statistic, sums: Floats, *, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """A figure of one side, with the percentile interval of a bootstrap over examples, or the jackknife's.

    Args:
        statistic: Gives the figure, from sums over the examples.
        sums: What each example adds to them, `(n, k)`.
        level: Of the interval.
        resamples: Of the bootstrap.
        seed: Of the bootstrap.
    """
    observed = float(statistic(sums.sum(axis=0))) if len(sums) else float("nan")
    if not np.isfinite(observed):
        return Estimate(None, n=len(sums), level=level, method="the figure cannot be computed from these runs")
    if len(sums) >= MANY:
        return _jackknifed(observed, statistic(sums.sum(axis=0) - sums), level)
    low, high = _percentiles(lambda w: statistic(w @ sums), len(sums), level, resamples, seed)
    return Estimate(observed, low, high, len(sums), level, f"bootstrap by example, {resamples:,} resamples")


def _jackknifed(observed: float, without: Floats, level: float) -> Estimate:
    """A figure with the normal interval of its jackknife error, `(n − 1)/n · Σ (θ₋ᵢ − θ̄)²` (Efron, 1982).

    Args:
        observed: The figure.
        without: What it is without each of the examples.
        level: Of the interval.
    """
    n = len(without)
    error = float(np.sqrt((n - 1) / n * np.sum((without - without.mean()) ** 2)))
    half = NormalDist().inv_cdf(0.5 + level / 2) * error
    low, high = (observed - half, observed + half) if np.isfinite(half) and half > 0 else (None, None)
    return Estimate(observed, low, high, n, level, "jackknife by example (Efron, 1982)")


def _percentiles(
    figure: Callable[[Floats], Floats], n: int, level: float, resamples: int, seed: int
) -> tuple[float | None, float | None]:
    """Ends of the interval; none from fewer than two examples."""
    if n < 2:
        return None, None
    rng = np.random.default_rng(seed)
    found: list[Floats] = []
    done = 0
    while done < resamples:
        count = min(resamples - done, max(1, _ROOM // n))
        weights = rng.multinomial(n, np.full(n, 1 / n), size=count).astype(np.float64)
        found.append(figure(weights))
        done += count
    values = np.concatenate(found)
    values = values[np.isfinite(values)]
    if len(values) < 0.9 * resamples:
        return None, None
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)

"""How far one distribution lies above another: the Hodges–Lehmann estimates and their intervals.

Both are medians of a great many differences or means of two values, and the interval's ends are order statistics of
the same. Up to a few million they are laid out; beyond, the one asked for is found by bisection over values with a
count at each step, in O(n log n) and O(n) memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.samples import Reals, quantile, without_interval

TWO = "Hodges–Lehmann shift (Hodges and Lehmann, 1963)"
ONE = "Hodges–Lehmann median of differences (Hodges and Lehmann, 1963)"
_LAID_OUT = 4_000_000
_EXACT = 50
"""Values below which the interval rests on the exact distribution, if there are no ties (as in R)."""

Ranked = Callable[[int], float]
"""The k-th smallest, k from 1."""


def two_sample_shift(x: Reals, y: Reals, level: float, *, ties: bool) -> Estimate:
    """Median of all differences x_i − y_j, interval by inverting the rank-sum test.

    Source: Hollander and Wolfe (1999), 4.2 and 4.3.

    Args:
        x: At least one value.
        y: At least one value.
        ties: Whether two values are equal.
    """
    above, below = np.sort(x), np.sort(y)
    n_x, n_y = len(x), len(y)
    pairs, n = n_x * n_y, n_x + n_y

    def not_above(value: float) -> int:
        return pairs - int(np.searchsorted(below, above - value, side="left").sum())

    def greatest(value: float) -> float:
        place = np.searchsorted(below, above - value, side="left")
        there = place < n_y
        return float((above[there] - below[place[there]]).max())

    if pairs <= _LAID_OUT:
        at = _laid_out(np.subtract.outer(above, below).ravel())
    else:
        at = _bisecting(not_above, float(above[0] - below[-1]), float(above[-1] - below[0]), greatest)
    exact = max(n_x, n_y) < _EXACT and not ties
    spread = math.sqrt(n_x * n_y * (n + 1) / 12.0)
    cut = _exact_cut(_rank_sum(n_x, n_y), level) if exact else _normal_cut(pairs / 2.0, spread, level)
    return _estimate(at, pairs, cut, n, level, TWO, exact=exact)


def one_sample_shift(differences: Reals, level: float, *, ties: bool) -> Estimate:
    """Median of all means of two differences, each with itself too, interval by inverting the signed-rank test.

    Source: Hollander and Wolfe (1999), 3.2 and 3.3.

    Args:
        differences: Of pairs, without those that are 0; at least one.
        ties: Whether two have the same size.
    """
    values = np.sort(differences)
    n = len(values)
    means = n * (n + 1) // 2
    before = np.arange(n)

    def not_above(value: float) -> int:
        return int(np.maximum(np.searchsorted(values, 2.0 * value - values, side="right") - before, 0).sum())

    def greatest(value: float) -> float:
        place = np.searchsorted(values, 2.0 * value - values, side="right") - 1
        there = place >= before
        return float((values[there] + values[place[there]]).max()) / 2.0

    if means <= _LAID_OUT:
        rows, columns = np.triu_indices(n)
        at = _laid_out((values[rows] + values[columns]) / 2.0)
    else:
        at = _bisecting(not_above, float(values[0]), float(values[-1]), greatest)
    exact = n < _EXACT and not ties
    spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24.0)
    cut = _exact_cut(_signed_rank(n), level) if exact else _normal_cut(means / 2.0, spread, level)
    return _estimate(at, means, cut, n, level, ONE, exact=exact)


def _estimate(at: Ranked, count: int, cut: int, n: int, level: float, method: str, *, exact: bool) -> Estimate:
    middle = (count + 1) // 2
    value = at(middle) if count % 2 else (at(middle) + at(middle + 1)) / 2.0
    if cut < 1:
        return without_interval(value, n, level, method, "there are too few values for this level")
    method += ", exact interval" if exact else ", interval by normal approximation"
    return Estimate(value, at(cut), at(count - cut + 1), n, level, method)


def _laid_out(values: Reals) -> Ranked:
    values.sort()
    return lambda k: float(values[k - 1])


def _bisecting(
    not_above: Callable[[float], int], low: float, high: float, greatest: Callable[[float], float]
) -> Ranked:
    """The k-th smallest: bisection for a value that k are not above, then the greatest of those.

    Args:
        not_above: How many are not above a value.
        low: The smallest of all.
        high: The greatest.
        greatest: The greatest that is not above a value.
    """
    scale = max(abs(low), abs(high))

    def at(k: int) -> float:
        under, over = low - 1e-12 * scale, high
        while over - under > 2e-15 * scale:
            middle = under + (over - under) / 2.0
            if not under < middle < over:
                break
            under, over = (under, middle) if not_above(middle) >= k else (middle, over)
        return greatest(over)

    return at


def _normal_cut(mean: float, spread: float, level: float) -> int:
    return math.floor(mean - quantile(level) * spread + 0.5)


def _exact_cut(probabilities: Reals, level: float) -> int:
    """The least value that is not exceeded with a probability of at least (1 − level)/2."""
    tail = 0.5 - level / 2.0
    return int(np.searchsorted(np.cumsum(probabilities), tail * (1.0 - 1e-12)))


def _rank_sum(n_x: int, n_y: int) -> Reals:
    """Distribution of Mann and Whitney's U without ties, by their recursion (1947): shape (n_x·n_y + 1,)."""
    rows = [np.ones(1) for _ in range(n_y + 1)]
    for m in range(1, n_x + 1):
        current = [np.ones(1)]
        for n in range(1, n_y + 1):
            found = np.zeros(m * n + 1)
            found[n:] += m / (m + n) * rows[n]
            found[: m * (n - 1) + 1] += n / (m + n) * current[n - 1]
            current.append(found)
        rows = current
    return rows[n_y]


def _signed_rank(n: int) -> Reals:
    """Distribution of Wilcoxon's T⁺ without ties: shape (n(n + 1)/2 + 1,)."""
    found = np.ones(1)
    for rank in range(1, n + 1):
        wider = np.zeros(len(found) + rank)
        wider[: len(found)] += found / 2.0
        wider[rank:] += found / 2.0
        found = wider
    return found

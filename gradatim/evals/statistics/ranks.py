"""Comparing by ranks: Mann–Whitney for independent groups, Wilcoxon's signed ranks for pairs."""

from __future__ import annotations

import math
from itertools import combinations, product
from typing import Literal

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.comparing import differences
from gradatim.evals.statistics.discrimination import auc
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_level,
    pair,
    quantile,
    sample,
    unknown,
    untested,
    without_interval,
)
from gradatim.evals.statistics.shift import one_sample_shift, two_sample_shift

MANN_WHITNEY = "Mann–Whitney U (Mann and Whitney, 1947)"
WILCOXON = "Wilcoxon signed ranks (Wilcoxon, 1945)"
Effect = Literal["shift", "rank_biserial"]

_EXACT = 50
"""Values below which p is exact where there are no ties, as in R."""
_ENUMERATED = 20_000
"""Ways to divide or to sign values up to which p is exact in spite of ties."""


def mann_whitney(x: Values, y: Values, level: float = 0.95, *, effect: Effect = "shift") -> TestResult:
    """Whether one of two independent groups tends to have greater values.

    The statistic is U of x: pairs in which x is greater, ties counting half. p is exact below 50 values a group without
    ties, and with ties where all divisions can be enumerated; else normal, corrected for ties and continuity.

    Args:
        effect: `shift`, the Hodges–Lehmann estimate of x − y; or `rank_biserial`.

    Raises:
        InputError: A value is no finite number.
    """
    first, second = sample(x), sample(y, "y")
    check_level(level)
    _check_effect(effect)
    n_x, n_y = len(first), len(second)
    n = n_x + n_y
    if not n_x or not n_y:
        return untested(MANN_WHITNEY, "a group is empty", n, unknown("a group is empty", n, level))
    together = np.concatenate([first, second])
    ties = len(np.unique(together)) < n
    size = two_sample_shift(first, second, level, ties=ties) if effect == "shift" else rank_biserial(x, y, level)
    if together.max() == together.min():
        return TestResult(n_x * n_y / 2.0, 1.0, None, n, f"{MANN_WHITNEY}, all values are equal", size)
    test = stats().mannwhitneyu
    if not ties and max(n_x, n_y) < _EXACT:
        result, how = test(first, second, method="exact"), "exact"
    else:
        result = test(first, second, method="asymptotic")
        how = "normal approximation corrected for ties and continuity"
    u, p = float(result.statistic), float(result.pvalue)
    if ties and math.comb(n, n_x) <= _ENUMERATED:
        p, how = _enumerated(stats().rankdata(together), n_x), "exact with ties"
    return TestResult(u, min(1.0, p), None, n, f"{MANN_WHITNEY}, {how}", size)


def wilcoxon(x: Values, y: Values, level: float = 0.95, *, effect: Effect = "shift") -> TestResult:
    """Whether differences of pairs lie around 0; pairs without a difference are left out (Wilcoxon, 1945).

    The statistic is T⁺, the sum of the ranks of positive differences x − y. p is exact below 50 differences without
    ties, and with ties up to 14; else normal, corrected for ties and continuity. `n` counts all pairs.

    Args:
        effect: `shift`, the Hodges–Lehmann estimate of the difference; or `rank_biserial`.

    Raises:
        InputError: A value is no finite number, or the two differ in length.
    """
    first, second = pair(x, y)
    check_level(level)
    _check_effect(effect)
    n = len(first)
    if n == 0:
        return untested(WILCOXON, "there are no pairs", n, unknown("there are no pairs", n, level))
    off = differences(first, second)
    off = off[off != 0.0]
    if not len(off):
        none = without_interval(0.0, n, level, "difference", "no pair differs")
        return TestResult(0.0, 1.0, None, n, f"{WILCOXON}, no pair differs", none)
    ties = len(np.unique(np.abs(off))) < len(off)
    ranks = stats().rankdata(np.abs(off))
    positive = float(ranks[off > 0].sum())
    size = one_sample_shift(off, level, ties=ties) if effect == "shift" else _signed_biserial(off, ranks, level)
    p, how = _signed_p(off, ranks, ties)
    return TestResult(positive, p, None, n, f"{WILCOXON}, {how}", size)


def rank_biserial(x: Values, y: Values, level: float = 0.95) -> Estimate:
    """Rank-biserial correlation of two independent groups, in [−1, 1] (Cureton, 1956): `2·U/(n_x·n_y) − 1`.

    The share of pairs in which x is greater less the share in which y is: Cliff's δ. The interval is that of DeLong,
    DeLong and Clarke-Pearson (1988) for U/(n_x·n_y).

    Raises:
        InputError: A value is no finite number.
    """
    first, second = sample(x), sample(y, "y")
    found = auc(np.concatenate([first, second]), np.repeat([True, False], [len(first), len(second)]), level)
    if found.value is None:
        return unknown("a group is empty", found.n, level)
    method = f"rank-biserial correlation (Cureton, 1956) from {found.method}"
    if found.low is None or found.high is None:
        return Estimate(2.0 * found.value - 1.0, None, None, found.n, level, method)
    low, high = 2.0 * found.low - 1.0, 2.0 * found.high - 1.0
    return Estimate(2.0 * found.value - 1.0, low, high, found.n, level, method)


def _enumerated(ranks: Reals, n_x: int) -> float:
    """Two-sided p of the sum of the first ranks among all choices of as many: twice the smaller tail."""
    sums = np.array(list(combinations(ranks.tolist(), n_x))).sum(axis=1)
    observed = float(ranks[:n_x].sum())
    return 2.0 * min(float((sums <= observed + 1e-9).mean()), float((sums >= observed - 1e-9).mean()))


def _signed_p(off: Reals, ranks: Reals, ties: bool) -> tuple[float, str]:
    n = len(off)
    if not ties and n < _EXACT:
        return min(1.0, float(stats().wilcoxon(off, method="exact").pvalue)), "exact"
    if ties and 2**n <= _ENUMERATED:
        signs: Reals = np.array(list(product((0.0, 1.0), repeat=n)))
        sums = signs @ ranks
        least = min(float(ranks[off > 0].sum()), float(ranks[off < 0].sum()))
        return min(1.0, 2.0 * float((sums <= least + 1e-9).mean())), "exact with ties"
    result = stats().wilcoxon(off, correction=True, method="asymptotic")
    return min(1.0, float(result.pvalue)), "normal approximation corrected for ties and continuity"


def _signed_biserial(off: Reals, ranks: Reals, level: float) -> Estimate:
    """Matched-pairs rank-biserial correlation (Kerby, 2014): (T⁺ − T⁻)/(T⁺ + T⁻).

    Its interval is by z with the standard error of T⁺ under the null hypothesis, as in R's effectsize (Ben-Shachar,
    Lüdecke and Makowski, 2020).
    """
    n = len(off)
    most = n * (n + 1) / 2.0
    value = float((np.sign(off) * ranks).sum()) / most
    method = "matched-pairs rank-biserial correlation (Kerby, 2014), interval by Fisher's z"
    if abs(value) >= 1.0 - 1e-12:
        return without_interval(value, n, level, method, "all differences point one way")
    half = quantile(level) * math.sqrt((2.0 * n**3 + 3.0 * n**2 + n) / 6.0) / most
    z = math.atanh(value)
    return Estimate(value, math.tanh(z - half), math.tanh(z + half), n, level, method)


def _check_effect(effect: str) -> None:
    if effect not in ("shift", "rank_biserial"):
        raise InputError(f"is {effect!r}", place="effect", remedy="give 'shift' or 'rank_biserial'")

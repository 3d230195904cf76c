"""Pearson's and Spearman's correlation with intervals and tests, and two of independent groups compared."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_count,
    check_level,
    constant,
    pair,
    quantile,
    two_sided,
    unknown,
    untested,
    without_interval,
)

PEARSON = "Pearson's r, interval by Fisher's z (Fisher, 1921)"
SPEARMAN = "Spearman's ρ, interval by z with variance (1 + ρ²/2)/(n − 3) (Bonett and Wright, 2000)"
_NEARLY_ONE = 1e-14


def pearson(x: Values, y: Values, level: float = 0.95) -> Estimate:
    """Product-moment correlation, in [−1, 1], with Fisher's z interval.

    Fewer than three pairs give none; a perfect correlation gives no interval, for its z is infinite.

    Raises:
        InputError: A value is no finite number, or the two differ in length.
    """
    first, second = pair(x, y)
    check_level(level)
    why = _why_not(first, second)
    if why:
        return unknown(why, len(first), level)
    return fisher_interval(_r(first, second), len(first), level)


def spearman(x: Values, y: Values, level: float = 0.95) -> Estimate:
    """Rank correlation, in [−1, 1]; equal values share their mean rank (Spearman, 1904).

    Raises:
        InputError: A value is no finite number, or the two differ in length.
    """
    first, second = pair(x, y)
    check_level(level)
    why = _why_not(first, second)
    if why:
        return unknown(why, len(first), level)
    rho = _rho(first, second)
    return _interval(rho, len(first), level, SPEARMAN, 1.0 + rho * rho / 2.0)


def pearson_test(x: Values, y: Values, level: float = 0.95) -> TestResult:
    """Whether Pearson's r differs from 0: `t = r·√((n − 2)/(1 − r²))` (Student, 1908); the effect is r.

    Raises:
        InputError: A value is no finite number, or the two differ in length.
    """
    return _test("Pearson's r, t test (Student, 1908)", pearson, x, y, level)


def spearman_test(x: Values, y: Values, level: float = 0.95) -> TestResult:
    """Whether Spearman's ρ differs from 0, by the same t with ρ (Kendall and Stuart, 1973); the effect is ρ.

    The t distribution is an approximation; for a dozen pairs or fewer take `permutation` of ranks.

    Raises:
        InputError: A value is no finite number, or the two differ in length.
    """
    return _test("Spearman's ρ, t approximation (Kendall and Stuart, 1973)", spearman, x, y, level)


def fisher_interval(r: float, n: int, level: float = 0.95) -> Estimate:
    """A known correlation of n pairs with its interval, `tanh(atanh r ± z/√(n − 3))` (Fisher, 1921).

    Raises:
        InputError: r is not in [−1, 1].
    """
    check_correlation(r, "r")
    return _interval(r, check_count(n, "n", 0), check_level(level), PEARSON, 1.0)


def independent_correlations(r_x: float, n_x: int, r_y: float, n_y: int, level: float = 0.95) -> TestResult:
    """Whether correlations of two independent groups differ, by Fisher's z (Fisher, 1921).

    `z = (atanh r_x − atanh r_y) / √(1/(n_x − 3) + 1/(n_y − 3))`; the effect is `r_x − r_y` with Zou's interval (2007).

    Raises:
        InputError: A correlation is not in [−1, 1].
    """
    method = "two independent correlations, Fisher's z (Fisher, 1921)"
    check_count(n_x, "n_x", 0)
    check_count(n_y, "n_y", 0)
    effect = zou(fisher_interval(r_x, n_x, level), fisher_interval(r_y, n_y, level), 0.0, n_x + n_y)
    if min(n_x, n_y) < 4:
        return untested(method, "a group has fewer than 4 pairs", n_x + n_y, effect)
    if max(abs(r_x), abs(r_y)) >= 1.0 - _NEARLY_ONE:
        return untested(method, "a correlation is perfect", n_x + n_y, effect)
    z = (math.atanh(r_x) - math.atanh(r_y)) / math.sqrt(1.0 / (n_x - 3) + 1.0 / (n_y - 3))
    return TestResult(z, two_sided(z), None, n_x + n_y, method, effect)


def zou(first: Estimate, second: Estimate, correlation: float, n: int) -> Estimate:
    """Difference of two correlations with an interval from both of theirs (Zou, 2007).

    Args:
        first: A correlation with its interval.
        second: The other.
        correlation: Of the two as random variables; 0 for independent groups.
        n: Cases in all.
    """
    method = "difference of correlations (Zou, 2007)"
    if first.value is None or second.value is None:
        return unknown("a correlation is not estimable", n, first.level)
    value = first.value - second.value
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return without_interval(value, n, first.level, method, "a correlation has none")
    down, back = first.value - first.low, second.high - second.value
    up, ahead = first.high - first.value, second.value - second.low
    low = value - math.sqrt(max(0.0, down**2 + back**2 - 2.0 * correlation * down * back))
    high = value + math.sqrt(max(0.0, up**2 + ahead**2 - 2.0 * correlation * up * ahead))
    return Estimate(value, max(-2.0, low), min(2.0, high), n, first.level, method)


def check_correlation(r: float, name: str) -> float:
    """A correlation.

    Raises:
        InputError: It is not in [−1, 1].
    """
    if not -1.0 <= r <= 1.0:
        raise InputError(f"is {r!r}, not in [-1, 1]", place=name, remedy="give a correlation")
    return float(r)


def _test(
    method: str, estimate: Callable[[Values, Values, float], Estimate], x: Values, y: Values, level: float
) -> TestResult:
    effect = estimate(x, y, level)
    if effect.value is None:
        return untested(method, effect.method.removeprefix("not estimable: "), effect.n, effect)
    left = 1.0 - effect.value**2
    if left <= _NEARLY_ONE:
        return untested(method, "the correlation is perfect", effect.n, effect)
    t = effect.value * math.sqrt((effect.n - 2) / left)
    return TestResult(t, float(2.0 * stats().t.sf(abs(t), effect.n - 2)), effect.n - 2, effect.n, method, effect)


def _interval(r: float, n: int, level: float, method: str, factor: float) -> Estimate:
    if n < 4:
        return without_interval(r, n, level, method, "there are fewer than 4 pairs")
    if abs(r) >= 1.0 - _NEARLY_ONE:
        return without_interval(r, n, level, method, "the correlation is perfect")
    z, half = math.atanh(r), quantile(level) * math.sqrt(factor / (n - 3))
    return Estimate(r, math.tanh(z - half), math.tanh(z + half), n, level, method)


def _why_not(x: Reals, y: Reals) -> str | None:
    if len(x) < 3:
        return "there are fewer than 3 pairs"
    if constant(x) or constant(y):
        return "the values of one side are all equal"
    return None


def _r(x: Reals, y: Reals) -> float:
    left, right = x - x.mean(), y - y.mean()
    left, right = left / np.linalg.norm(left), right / np.linalg.norm(right)
    return float(np.clip(left @ right, -1.0, 1.0))


def _rho(x: Reals, y: Reals) -> float:
    ranked = stats().rankdata
    return _r(ranked(x), ranked(y))

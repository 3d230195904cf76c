"""Do two means differ? Welch's test for independent groups, Student's for pairs."""

from __future__ import annotations

import math

import numpy as np

from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_level,
    constant,
    pair,
    sample,
    unknown,
    untested,
    without_interval,
)

WELCH = "Welch's t test (Welch, 1947)"
PAIRED_T = "paired t test (Student, 1908)"


def welch(x: Values, y: Values, level: float = 0.95) -> TestResult:
    """Whether the means of two independent groups differ, whatever their variances; the effect is x̄ − ȳ.

    Degrees of freedom by Satterthwaite (1946). Groups that do not vary allow no test.

    Raises:
        InputError: A value is no finite number.
    """
    first, second = sample(x), sample(y, "y")
    check_level(level)
    n = len(first) + len(second)
    if not len(first) or not len(second):
        return untested(WELCH, "a group is empty", n, unknown("a group is empty", n, level))
    difference = float(first.mean() - second.mean())
    if min(len(first), len(second)) < 2:
        return _only(WELCH, difference, "a group has fewer than 2 values", n, level)
    if constant(first) and constant(second):
        return _only(WELCH, difference, "values do not vary within the groups", n, level)
    errors = first.var(ddof=1) / len(first), second.var(ddof=1) / len(second)
    error = float(errors[0] + errors[1])
    part = float(errors[0]) / error
    df = 1.0 / (part**2 / (len(first) - 1) + (1.0 - part) ** 2 / (len(second) - 1))
    return _result(WELCH, difference, math.sqrt(error), df, n, level)


def paired_t(x: Values, y: Values, level: float = 0.95) -> TestResult:
    """Whether the mean difference of pairs differs from 0; the effect is the mean of x − y.

    Differences that do not vary allow no test (all of them 0, say): `permutation` and `wilcoxon` do.

    Raises:
        InputError: A value is no finite number, or the two differ in length.
    """
    first, second = pair(x, y)
    check_level(level)
    n = len(first)
    if n == 0:
        return untested(PAIRED_T, "there are no pairs", n, unknown("there are no pairs", n, level))
    difference = differences(first, second)
    mean = float(difference.mean())
    if n < 2:
        return _only(PAIRED_T, mean, "there are fewer than 2 pairs", n, level)
    if constant(difference):
        return _only(PAIRED_T, mean, "differences do not vary", n, level)
    return _result(PAIRED_T, mean, float(difference.std(ddof=1)) / math.sqrt(n), n - 1, n, level)


def differences(x: Reals, y: Reals) -> Reals:
    """x − y, with what rounding leaves taken off, so that equal differences are equal: 0.3 − 0.2 and 0.2 − 0.1."""
    found = x - y
    size = float(max(np.abs(x).max(), np.abs(y).max())) if len(x) else 0.0
    if size == 0.0:
        return found
    unit = 10.0 ** (math.floor(math.log10(size)) - 13)
    steps = found / unit
    return np.where(np.abs(steps - np.round(steps)) * unit <= 4e-15 * size, np.round(steps) * unit, found)


def _result(method: str, difference: float, error: float, df: float, n: int, level: float) -> TestResult:
    t = difference / error
    half = float(stats().t.ppf(0.5 + level / 2.0, df)) * error
    effect = Estimate(difference, difference - half, difference + half, n, level, f"difference of means, {method}")
    return TestResult(t, float(2.0 * stats().t.sf(abs(t), df)), df, n, method, effect)


def _only(method: str, difference: float, why: str, n: int, level: float) -> TestResult:
    effect = without_interval(difference, n, level, "difference of means", why)
    return untested(method, why, n, effect)

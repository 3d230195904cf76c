"""Standardised differences of means, with intervals from the noncentral t distribution."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.library import optimize, special, stats
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_level,
    constant,
    pair,
    sample,
    unknown,
    without_interval,
)

NONCENTRAL = "interval by the noncentral t distribution (Steiger and Fouladi, 1997)"

_CHI_FROM = 20_000.0
"""t from which only the spread of the standard deviation counts, and beyond which the function of the noncentral t
distribution ends."""


def cohens_d(x: Values, y: Values, level: float = 0.95) -> Estimate:
    """Cohen's d of two independent groups: `(x̄ − ȳ) / s_pooled` (Cohen, 1988).

    Raises:
        InputError: A value is no finite number.
    """
    return _independent(sample(x), sample(y, "y"), level, "Cohen's d (Cohen, 1988)", lambda df: 1.0)


def hedges_g(x: Values, y: Values, level: float = 0.95) -> Estimate:
    """Hedges' g of two independent groups: d times `J = Γ(ν/2) / (√(ν/2)·Γ((ν − 1)/2))`, which makes it unbiased.

    Source: Hedges (1981), with the exact J; ν = n_x + n_y − 2.

    Raises:
        InputError: A value is no finite number.
    """
    return _independent(sample(x), sample(y, "y"), level, "Hedges' g (Hedges, 1981)", correction)


def cohens_d_paired(
    x: Values, y: Values, level: float = 0.95, *, standardiser: Literal["difference", "average"] = "difference"
) -> Estimate:
    """Standardised mean difference of pairs, x − y.

    `difference`: d_z, over the standard deviation of the differences (Cohen, 1988). `average`: d_av, over
    `√((s_x² + s_y²)/2)`, comparable with that of independent groups (Cumming, 2012), with the approximate interval of
    Algina and Keselman (2003).

    Raises:
        InputError: A value is no finite number, or the two differ in length.
    """
    first, second = pair(x, y)
    check_level(level)
    n, difference = len(first), first - second
    if standardiser not in ("difference", "average"):
        raise InputError(f"is {standardiser!r}", place="standardiser", remedy="give 'difference' or 'average'")
    if n < 2:
        return unknown("there are fewer than 2 pairs", n, level)
    flat = _same_shift(first, second)
    if standardiser == "difference":
        if flat:
            return unknown("differences do not vary", n, level)
        value = float(difference.mean() / difference.std(ddof=1))
        return _around(value, 1.0 / math.sqrt(n), n - 1, 1.0, n, level, "Cohen's d_z of pairs (Cohen, 1988)")
    spread = math.sqrt((float(first.var(ddof=1)) + float(second.var(ddof=1))) / 2.0)
    if constant(first) and constant(second):
        return unknown("values do not vary", n, level)
    method = "Cohen's d_av of pairs (Cumming, 2012; Algina and Keselman, 2003)"
    value = float(difference.mean()) / spread
    if flat:
        return without_interval(value, n, level, method, "differences do not vary")
    scale = float(difference.std(ddof=1)) / math.sqrt(n) / spread
    return _around(value, scale, n - 1, 1.0, n, level, method)


def correction(df: int) -> float:
    """Hedges' exact factor J for ν degrees of freedom; 1 for great ν."""
    if df < 2:
        raise InputError(f"is {df}", place="df", remedy="two degrees of freedom are the fewest")
    return math.exp(math.lgamma(df / 2.0) - math.lgamma((df - 1) / 2.0)) / math.sqrt(df / 2.0)


def noncentrality(t: float, df: float, level: float = 0.95) -> tuple[float, float] | None:
    """The interval of the noncentrality parameter of an observed t (Steiger and Fouladi, 1997).

    Its ends are the parameters under which t lies at the upper and the lower (1 − level)/2 of the distribution.
    `None` where they cannot be computed.
    """
    tail = 0.5 - level / 2.0
    low, high = _parameter(t, df, 1.0 - tail), _parameter(t, df, tail)
    return None if low is None or high is None else (low, high)


def _parameter(t: float, df: float, probability: float) -> float | None:
    """λ with `P(T ≤ t | df, λ) = probability`."""
    if t < 0.0:
        opposite = _parameter(-t, df, 1.0 - probability)
        return None if opposite is None else -opposite
    if t > _CHI_FROM:
        return t * math.sqrt(float(stats().chi2.isf(probability, df)) / df)
    cumulative = special().nctdtr

    def off(parameter: float) -> float:
        with np.errstate(all="ignore"):
            found = float(cumulative(df, parameter, t))
        if math.isnan(found):
            # the function gives up far out, with one or two degrees of freedom
            found = 1.0 if parameter < t else 0.0
        return found - probability

    spread = math.sqrt(1.0 + t * t / (2.0 * df))
    low, high, step = t - 3.0 * spread, t + 3.0 * spread, spread
    for _ in range(40):
        below, above = off(low) < 0.0, off(high) > 0.0
        if not below and not above:
            tolerance = 1e-11 * max(1.0, abs(t))
            return float(optimize().brentq(off, low, high, xtol=tolerance, rtol=1e-13))
        low, high = (low - step if below else low), (high + step if above else high)
        step *= 2.0
    return None


def _independent(x: Reals, y: Reals, level: float, name: str, factor: Callable[[int], float]) -> Estimate:
    check_level(level)
    n_x, n_y = len(x), len(y)
    n = n_x + n_y
    if min(n_x, n_y) < 1 or n < 4:
        return unknown("there are fewer than 4 values, or a group is empty", n, level)
    if constant(x) and constant(y):
        return unknown("values do not vary within the groups", n, level)
    df = n - 2
    spread = math.sqrt((_squares(x) + _squares(y)) / df)
    value = float(x.mean() - y.mean()) / spread
    return _around(value, math.sqrt(1.0 / n_x + 1.0 / n_y), df, factor(df), n, level, name)


def _around(value: float, scale: float, df: int, factor: float, n: int, level: float, name: str) -> Estimate:
    """A difference in standard units with the interval of its noncentrality parameter, times the scale."""
    ends = noncentrality(value / scale, df, level)
    if ends is None:
        return without_interval(factor * value, n, level, name, "the noncentral t distribution does not reach so far")
    low, high = (factor * scale * end for end in ends)
    return Estimate(factor * value, low, high, n, level, f"{name}, {NONCENTRAL}")


def _squares(values: Reals) -> float:
    return float(((values - values.mean()) ** 2).sum())


def _same_shift(x: Reals, y: Reals) -> bool:
    """Whether differences do not vary beyond what rounding leaves."""
    difference = x - y
    size = max(float(np.abs(x).max()), float(np.abs(y).max()))
    return float(difference.max() - difference.min()) <= 1e-14 * size or float(difference.var()) == 0.0

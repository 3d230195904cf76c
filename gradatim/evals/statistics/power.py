"""How many cases a study needs, and what it can find."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

from gradatim.errors import InputError
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import check_count

Design = Literal["independent", "paired"]
_MOST = 100_000_000
_SURE = 100.0
"""How far beyond the critical value the distribution's centre makes a finding certain to all digits."""


def power_t(effect: float, n: int, alpha: float = 0.05, *, design: Design = "independent", ratio: float = 1.0) -> float:
    """Probability that a two-sided t test finds a true effect, from the noncentral t distribution (Cohen, 1988).

    Args:
        effect: Cohen's d; of pairs d_z.
        n: Cases of the first group, or pairs.
        alpha: Level of the test.
        design: Two independent groups, or pairs.
        ratio: Cases of the second group to one of the first.

    Raises:
        InputError: Something is out of its range.
    """
    _check(effect, alpha, design, ratio)
    check_count(n, "n", 2)
    return _t_power(effect, n, alpha, design, ratio)


def n_for_power(
    effect: float, power: float = 0.8, alpha: float = 0.05, *, design: Design = "independent", ratio: float = 1.0
) -> int:
    """Cases of the first group, or pairs, that a two-sided t test needs for this power: the least whole number.

    Raises:
        InputError: Something is out of its range, or no number up to 10⁸ is enough.
    """
    _check(effect, alpha, design, ratio)
    return _least(lambda n: _t_power(effect, n, alpha, design, ratio), power, alpha, 2)


def power_correlation(r: float, n: int, alpha: float = 0.05) -> float:
    """Probability that the two-sided test of a correlation finds a true r (Cohen, 1988).

    By Fisher's z with its bias `r/(2(n − 1))` against the critical r of the t test, as R's pwr computes it.

    Raises:
        InputError: Something is out of its range.
    """
    if not -1.0 < r < 1.0:
        raise InputError(f"is {r!r}, not in (-1, 1)", place="r", remedy="give a correlation")
    _check(r, alpha, "paired", 1.0)
    check_count(n, "n", 4)
    return _r_power(abs(r), n, alpha)


def n_for_correlation(r: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """Pairs that the two-sided test of a correlation needs for this power: the least whole number.

    Raises:
        InputError: Something is out of its range, or no number up to 10⁸ is enough.
    """
    if not -1.0 < r < 1.0:
        raise InputError(f"is {r!r}, not in (-1, 1)", place="r", remedy="give a correlation")
    _check(r, alpha, "paired", 1.0)
    return _least(lambda n: _r_power(abs(r), n, alpha), power, alpha, 4)


def _t_power(effect: float, n: int, alpha: float, design: Design, ratio: float) -> float:
    second = n * ratio
    df = n + second - 2.0 if design == "independent" else n - 1.0
    scale = math.sqrt(n * second / (n + second)) if design == "independent" else math.sqrt(n)
    centre = abs(effect) * scale
    critical = float(stats().t.isf(alpha / 2.0, df))
    if centre > _SURE * (1.0 + critical):
        return 1.0
    above = float(stats().nct.sf(critical, df, centre))
    below = float(stats().nct.cdf(-critical, df, centre))
    if math.isnan(below):
        # its function gives up where hardly anything is left
        below = 0.0
    if math.isnan(above) or df > 1e7:
        # beyond the reach of the noncentral t distribution's function, where it is normal
        normal = stats().norm
        return float(normal.sf(critical - centre) + normal.cdf(-critical - centre))
    return min(1.0, above + below)


def _r_power(r: float, n: int, alpha: float) -> float:
    t = float(stats().t.isf(alpha / 2.0, n - 2))
    critical = math.atanh(math.sqrt(t * t / (t * t + n - 2)))
    z = math.atanh(r) + r / (2.0 * (n - 1))
    normal = stats().norm
    return float(normal.cdf((z - critical) * math.sqrt(n - 3)) + normal.cdf((-z - critical) * math.sqrt(n - 3)))


def _least(power_of: Callable[[int], float], power: float, alpha: float, first: int) -> int:
    if not alpha < power < 1.0:
        raise InputError(f"is {power!r}", place="power", remedy="give a number between alpha and 1")
    low, high = first - 1, first
    while power_of(high) < power:
        low, high = high, high * 2
        if high > _MOST:
            raise InputError("the effect is too small to be found", place="effect", remedy="give a greater one")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= power else (middle, high)
    return high


def _check(effect: float, alpha: float, design: str, ratio: float) -> None:
    if not math.isfinite(effect):
        raise InputError(f"is {effect!r}", place="effect", remedy="give a finite number")
    if not 0.0 < alpha < 1.0:
        raise InputError(f"is {alpha!r}, not between 0 and 1", place="alpha", remedy="give 0.05, say")
    if design not in ("independent", "paired"):
        raise InputError(f"is {design!r}", place="design", remedy="give 'independent' or 'paired'")
    if not 0.0 < ratio < math.inf:
        raise InputError(f"is {ratio!r}, not above 0", place="ratio", remedy="give 1 for groups of one size")

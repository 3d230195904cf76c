"""The chi-square distribution's upper tail, from the regularised incomplete gamma function."""

from __future__ import annotations

import math

_PRECISION = 1e-15
_TERMS = 10_000
_TINY = 1e-300


def upper_tail(statistic: float, degrees: int) -> float:
    """P(X ≥ statistic) for a chi-square variable: `Q(degrees / 2, statistic / 2)`.

    Args:
        statistic: 0 or more.
        degrees: Degrees of freedom, 1 or more.

    Raises:
        ValueError: One of them is out of its range.
    """
    if degrees < 1 or not statistic >= 0.0:
        raise ValueError(f"no chi-square probability for a statistic of {statistic!r} with {degrees!r} degrees")
    return upper_gamma(degrees / 2.0, statistic / 2.0)


def upper_gamma(a: float, x: float) -> float:
    """Regularised upper incomplete gamma function `Q(a, x)`.

    Below x = a + 1 one minus the power series (Abramowitz and Stegun, 1964, 6.5.29), above it the continued fraction
    (6.5.31), evaluated from the front after Lentz (1976): each converges fast where it is used.
    """
    if x <= 0.0:
        return 1.0
    if math.isinf(x):
        return 0.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1.0:
        return max(0.0, 1.0 - scale * _series(a, x))
    return scale * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1.0 / a
    for n in range(1, _TERMS):
        term *= x / (a + n)
        total += term
        if term < total * _PRECISION:
            break
    return total


def _fraction(a: float, x: float) -> float:
    b = x + 1.0 - a
    c = 1.0 / _TINY
    d = 1.0 / b
    total = d
    for n in range(1, _TERMS):
        numerator = -n * (n - a)
        b += 2.0
        d = numerator * d + b
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = b + numerator / c
        c = c if abs(c) > _TINY else _TINY
        total *= d * c
        if abs(d * c - 1.0) < _PRECISION:
            break
    return total

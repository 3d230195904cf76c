"""The chi-square distribution, as far as fit statistics need it."""

from __future__ import annotations

import math

_ENOUGH = 1e-14
_TERMS = 10_000


def chi_square_tail(statistic: float, freedom: float) -> float:
    """Probability that a chi-square variable exceeds the statistic: `Q(k/2, x/2)`.

    By the series of the lower incomplete gamma function where it converges fast, and by the continued fraction of the
    upper one elsewhere (Abramowitz and Stegun, 1964, 6.5.29 and 6.5.31).

    Args:
        statistic: x, not negative.
        freedom: k, degrees of freedom, positive.
    """
    if not (statistic >= 0.0 and freedom > 0.0):
        raise ValueError(f"no chi-square statistic: {statistic!r} with {freedom!r} degrees of freedom")
    shape, x = 0.5 * freedom, 0.5 * statistic
    if x == 0.0:
        return 1.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        for n in range(1, _TERMS):
            term *= x / (shape + n)
            total += term
            if term < total * _ENOUGH:
                break
        return min(max(1.0 - front * total, 0.0), 1.0)
    # Lentz's evaluation of the continued fraction
    b = x + 1.0 - shape
    c, d = 1e300, 1.0 / b
    fraction = d
    for n in range(1, _TERMS):
        step = n * (shape - n)
        b += 2.0
        d = 1.0 / (step * d + b)
        c = b + step / c
        fraction *= c * d
        if abs(c * d - 1.0) < _ENOUGH:
            break
    return min(max(front * fraction, 0.0), 1.0)

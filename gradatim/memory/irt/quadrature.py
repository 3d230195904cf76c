"""Points of ability over which likelihoods are averaged, and their weights.

Evenly spaced points with the weights of the density itself: for smooth functions that fall off at both ends this
rule converges faster than any power of the spacing, and unlike Gauss–Hermite points it has enough of them where a
long test makes the posterior narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradatim.memory.irt.arrays import FloatArray

_REACH = 5.5
"""Standard deviations to either side: 4 in 10⁸ of a normal population lie beyond."""
_WIDEST = 0.25
"""A rectangle rule on a normal curve of standard deviation ½ errs by 10⁻³⁴ at this spacing."""


@dataclass(frozen=True, slots=True)
class Quadrature:
    """Points of ability and the share of the population that each stands for."""

    points: FloatArray
    """Shape (Q,), increasing."""
    weights: FloatArray
    """Shape (Q,), positive or zero, sum 1."""

    @property
    def mean(self) -> float:
        return float(self.weights @ self.points)

    @property
    def standard_deviation(self) -> float:
        return math.sqrt(max(float(self.weights @ (self.points - self.mean) ** 2), 0.0))


def normal_quadrature(count: int, *, mean: float = 0.0, sd: float = 1.0, reach: float = _REACH) -> Quadrature:
    """A normal population on `count` points between `mean ± reach·sd`.

    Args:
        count: Number of points, at least 3.
        mean: Of the population.
        sd: Standard deviation of the population, positive.
        reach: How far the points go, in standard deviations.
    """
    if count < 3:
        raise ValueError(f"a quadrature needs 3 points, got {count}")
    if not sd > 0.0:
        raise ValueError(f"the standard deviation must be positive, got {sd!r}")
    standard = np.linspace(-reach, reach, count)
    weights = np.exp(-0.5 * standard**2)
    return Quadrature(mean + sd * standard, weights / weights.sum())


def points_for(answers: int) -> int:
    """How many points the longest pattern of answers needs: as many as keep the spacing below the posterior's width.

    A posterior after J answers to items of discrimination 2 has a standard deviation of about 1/√J, and a spacing of
    1.7 of them still integrates a normal curve to 2·10⁻³ of its area.
    """
    spacing = min(_WIDEST, 1.7 / math.sqrt(max(answers, 1)))
    return 2 * math.ceil(_REACH / spacing) + 1

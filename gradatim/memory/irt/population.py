"""The distribution of ability, estimated together with the items.

The empirical histogram of Bock and Aitkin (1981): after each E step a point weighs as much as learners are expected
there. Its mean and standard deviation are kept at 0 and 1 by moving points and items together, which changes no
probability of any answer.
"""

from __future__ import annotations

import math

import numpy as np

from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.quadrature import Quadrature

_FLOOR = 1e-10
"""No point dies out for good."""


def estimated_population(
    population: Quadrature, mass: FloatArray, parameters: FloatArray
) -> tuple[Quadrature, FloatArray]:
    """The population after an E step, and the same items on its scale.

    Args:
        population: As it was.
        mass: (Q,) learners expected at each point.
        parameters: (J, K): `log a`, `b`, and perhaps `logit c`.
    """
    weights = np.maximum(mass / mass.sum(), _FLOOR)
    weights /= weights.sum()
    found = Quadrature(population.points, weights)
    mean, sd = found.mean, max(found.standard_deviation, 1e-3)
    moved = parameters.copy()
    moved[:, 0] += math.log(sd)
    moved[:, 1] = (moved[:, 1] - mean) / sd
    return Quadrature((population.points - mean) / sd, weights), moved

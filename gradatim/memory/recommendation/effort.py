"""How many practices it is expected to take until a concept is believed mastered."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation.policies import MASTERED
from gradatim.memory.tracing import BKTParameters

_POINTS = 201
MOST = 200.0
"""Practices that are told at most: a concept that hardly anything teaches is as good as out of reach."""


def expected_practices(mastery: float, parameters: BKTParameters, mastered: float = MASTERED) -> float:
    """Mean number of practices until the belief in mastery reaches a level.

    The belief is a Markov chain: a practice moves it by a right or a wrong answer, with the probabilities that
    knowledge tracing gives them. The mean time to the level solves

        V(m) = 1 + P(right) · V(m | right) + P(wrong) · V(m | wrong)

    with V = 0 from the level on, on a grid of beliefs between which it is linear.

    Args:
        mastery: Belief now, in [0, 1].
        parameters: Of the concept.
        mastered: The level.

    Returns:
        0 where the level is reached, and never more than `MOST`.
    """
    if mastery >= mastered:
        return 0.0
    grid = np.linspace(0.0, mastered, _POINTS)
    return float(np.interp(mastery, grid, _times(parameters, mastered)))


@lru_cache(maxsize=4096)
def _times(parameters: BKTParameters, mastered: float) -> Floats:
    grid = np.linspace(0.0, mastered, _POINTS)
    right = grid * (1.0 - parameters.slip) + (1.0 - grid) * parameters.guess
    after_right = _moved(grid * (1.0 - parameters.slip), right, grid, parameters)
    after_wrong = _moved(grid * parameters.slip, 1.0 - right, grid, parameters)
    # The expected change as one matrix, and the times as the solution of (I − M)·V = 1, discounted so that a level that
    # is never reached costs `MOST`.
    transition = right[:, None] * _interpolation(after_right, grid, mastered)
    transition += (1.0 - right)[:, None] * _interpolation(after_wrong, grid, mastered)
    times = np.linalg.solve(np.eye(_POINTS) - (1.0 - 1.0 / MOST) * transition, np.ones(_POINTS))
    times[-1] = 0.0
    return np.minimum(times, MOST)


def _moved(joint: Floats, seen: Floats, grid: Floats, parameters: BKTParameters) -> Floats:
    posterior = np.divide(joint, seen, out=grid.copy(), where=seen > 0.0)
    return posterior * (1.0 - parameters.forget) + (1.0 - posterior) * parameters.learn


def _interpolation(values: Floats, grid: Floats, mastered: float) -> Floats:
    """Rows that interpolate a function on the grid at some values; nothing is left where the level is reached."""
    matrix = np.zeros((len(values), len(grid)))
    rows = np.flatnonzero(values < mastered)
    below = np.minimum(np.searchsorted(grid, values[rows], side="right") - 1, len(grid) - 2)
    share = (values[rows] - grid[below]) / (grid[below + 1] - grid[below])
    matrix[rows, below] += 1.0 - share
    matrix[rows, below + 1] += share
    return matrix

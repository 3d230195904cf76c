"""Minimising a smooth function of many numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Objective = Callable[[Reals], tuple[float, Reals]]
"""Value and gradient at a point."""

_SUFFICIENT = 1e-4
_SHORTEST = 1e-10


def minimise(
    objective: Objective, start: Reals, *, steps: int = 100, tolerance: float = 1e-6, memory: int = 8
) -> tuple[Reals, float]:
    """L-BFGS with backtracking (Liu and Nocedal, 1989).

    Args:
        objective: Value and gradient at a point.
        start: Where to begin.
        steps: At most.
        tolerance: Done when a step lowers the value by less than this share of it.
        memory: Steps that the curvature is estimated from.

    Returns:
        The lowest point found and the value there; never higher than at the start.
    """
    point = start
    value, gradient = objective(point)
    moves: list[tuple[Reals, Reals, float]] = []
    for _ in range(steps):
        direction = -_preconditioned(gradient, moves)
        slope = float(gradient @ direction)
        if slope >= 0.0:
            moves.clear()
            direction, slope = -gradient, -float(gradient @ gradient)
        if slope == 0.0:
            break
        length = 1.0
        lower, there = objective(point + direction)
        while not lower <= value + _SUFFICIENT * length * slope:
            length *= 0.5
            if length < _SHORTEST:
                return point, value
            lower, there = objective(point + length * direction)
        move, turn = length * direction, there - gradient
        curvature = float(move @ turn)
        if curvature > 1e-12:
            moves.append((move, turn, curvature))
            del moves[:-memory]
        gained = value - lower
        point, value, gradient = point + move, lower, there
        if gained < tolerance * abs(value):
            break
    return point, value


def _preconditioned(gradient: Reals, moves: list[tuple[Reals, Reals, float]]) -> Reals:
    """The inverse of the estimated curvature, applied to the gradient."""
    rest = gradient.copy()
    if not moves:
        return rest / max(1.0, float(np.linalg.norm(rest)))
    shares: list[float] = []
    for move, turn, curvature in reversed(moves):
        share = float(move @ rest) / curvature
        shares.append(share)
        rest -= share * turn
    _, turn, curvature = moves[-1]
    rest *= curvature / float(turn @ turn)
    for (move, turn, curvature), share in zip(moves, reversed(shares), strict=True):
        rest += (share - float(turn @ rest) / curvature) * move
    return rest

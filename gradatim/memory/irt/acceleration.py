"""EM in fewer steps: squared extrapolation that never goes downhill (SQUAREM; Varadhan and Roland, 2008)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradatim.memory.irt.arrays import FloatArray

Step = Callable[[FloatArray], tuple[FloatArray, float]]
"""One EM step: parameters → better parameters, and the objective at those that it was given."""
_LONGEST_AT_FIRST = 4.0


@dataclass(frozen=True, slots=True)
class Ascent:
    """How a search went."""

    parameters: FloatArray
    steps: int
    """EM steps taken."""
    objective: tuple[float, ...]
    """At each accepted set of parameters, never falling."""
    converged: bool


def ascend(
    step: Step,
    start: FloatArray,
    *,
    tolerance: float,
    limit: int,
    allowed: Callable[[FloatArray], FloatArray],
    accelerate: bool = True,
) -> Ascent:
    """Repeat an EM step until the parameters rest.

    Args:
        step: The EM step.
        start: Parameters to begin with.
        tolerance: Largest change of any parameter by one step that counts as rest.
        limit: EM steps at most.
        allowed: Puts extrapolated parameters back within their bounds.
        accelerate: Extrapolate; `False` takes EM steps alone.
    """
    here, longest, taken = start, _LONGEST_AT_FIRST, 0
    history: list[float] = []
    waiting: tuple[FloatArray, float] | None = None
    while taken < limit:
        first, objective = waiting or step(here)
        taken += waiting is None
        waiting = None
        history.append(objective)
        if np.abs(first - here).max() < tolerance:
            return Ascent(first, taken, tuple(history), True)
        if not accelerate:
            here = first
            continue
        second, objective = step(first)
        taken += 1
        history.append(objective)
        r, v = first - here, second - first
        if np.abs(v).max() < tolerance:
            return Ascent(second, taken, tuple(history), True)
        curvature = float(np.linalg.norm(v - r))
        length = min(max(float(np.linalg.norm(r)) / curvature if curvature > 0.0 else 1.0, 1.0), longest)
        if length >= longest:
            longest *= 4.0
        here = second
        if length > 1.0:
            there = allowed(_extrapolated(first, r, v, length))
            attempt = step(there)
            taken += 1
            if attempt[1] >= objective:
                here, waiting = there, attempt
            else:
                longest = max(longest / 4.0, 1.0)
    return Ascent(here, taken, tuple(history), False)


def _extrapolated(first: FloatArray, r: FloatArray, v: FloatArray, length: float) -> FloatArray:
    """The extrapolated parameters `θ₀ + 2αr + α²(v − r)`, with θ₀ = θ₁ − r and α the step length."""
    return first - r + 2.0 * length * r + length * length * (v - r)

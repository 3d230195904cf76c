"""How strongly one concept speaks for another."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strengths:
    """Largest effects of the graph on the log-odds of mastery; all zero switches propagation off.

    Lacking weighs more than mastered, because prerequisites are needed together: one that is lacking stands in
    the way, one that is mastered is only a part of the way. The defaults are round numbers that lowered the
    log-loss of unobserved and of observed concepts on simulated learners of quite different kinds
    (`gradatim bench online`).

    Raises:
        ValueError: A strength is negative or no number, `lacking` is below `mastered`, or `half` is not above 0.
    """

    mastered: float = 1.0
    """Log-odds that a concept gains when all its prerequisites are surely mastered."""
    lacking: float = 3.0
    """Log-odds that it loses when all its prerequisites surely are not."""
    dependents: float = 2.0
    """Log-odds that a concept gains at most from mastered concepts that need it."""
    half: float = 1.0
    """Sum of weights of surely mastered dependents that gives half of `dependents`."""

    def __post_init__(self) -> None:
        for name in ("mastered", "lacking", "dependents", "half"):
            value: float = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise ValueError(f"{name} must be a number that is not negative, got {value!r}")
        if self.lacking < self.mastered:
            raise ValueError(f"lacking must not be below mastered, got {self.lacking!r} < {self.mastered!r}")
        if self.half <= 0.0:
            raise ValueError(f"half must be above 0, got {self.half!r}")

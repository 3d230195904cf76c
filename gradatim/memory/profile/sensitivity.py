"""How much the composite of the indicators hangs on the weights that were chosen for them.

Every weight is raised and lowered by a share of itself, one at a time, while the others keep theirs (the composite
divides by the sum of the weights that were measured). With an expert's scores the effect is the change of Pearson's r
between composite and expert; without them it is what the changed composite's correlation with the unchanged one
lacks of 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.profile.indicators import INDICATORS

LEAST = 3
"""Learners that a correlation needs."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What one changed weight does.

    Attributes:
        indicator: Whose weight was changed.
        factor: By what it was multiplied.
        r: Correlation with that weight, in [-1, 1].
        change: `r` minus the correlation with the weights as they are.
    """

    indicator: str
    factor: float
    r: float
    change: float


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Effects of all weights; `baseline` is r with the weights as they are (1 where there is no expert)."""

    baseline: float
    effects: tuple[Effect, ...]
    learners: int
    against: str
    """`expert` or `unchanged weights`."""

    @property
    def largest(self) -> Effect:
        """The effect that changes r most."""
        return max(self.effects, key=lambda effect: abs(effect.change))


def sensitivity(
    rows: Sequence[Mapping[str, float | None]], expert: Sequence[float] | None = None, change: float = 0.2
) -> Sensitivity:
    """Change every weight by ±`change` of itself and tell what it does to r.

    Args:
        rows: For each learner the values of the indicators, in [0, 1]; `None` or absent where not measured.
        expert: For each learner what an expert said, on any scale.
        change: Share of a weight, in (0, 1).

    Raises:
        InputError: Fewer than three learners have a measured indicator, or there is no variation to correlate.
    """
    names = [item.name for item in INDICATORS]
    values = np.array([[np.nan if row.get(name) is None else row[name] for name in names] for row in rows], dtype=float)
    kept = ~np.isnan(values).all(axis=1) if len(values) else np.zeros(0, dtype=bool)
    if int(kept.sum()) < LEAST:
        raise InputError(
            f"{int(kept.sum())} learners have a measured indicator, and a correlation needs {LEAST}",
            place="sensitivity of the weights",
            remedy="give more learners, or a file with --data",
        )
    values = values[kept]
    weights = np.array([item.weight for item in INDICATORS])
    unchanged = _composites(values, weights)
    target = unchanged if expert is None else np.asarray(expert, dtype=float)[kept]
    baseline = _pearson(unchanged, target)
    effects: list[Effect] = []
    for place, item in enumerate(INDICATORS):
        for factor in (1.0 - change, 1.0 + change):
            changed = weights.copy()
            changed[place] *= factor
            r = _pearson(_composites(values, changed), target)
            effects.append(Effect(item.name, factor, r, r - baseline))
    against = "unchanged weights" if expert is None else "expert"
    return Sensitivity(baseline, tuple(effects), len(values), against)


def _composites(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    return np.where(known, values, 0.0) @ weights / (known @ weights)


def _pearson(left: np.ndarray, right: np.ndarray) -> float:
    left, right = left - left.mean(), right - right.mean()
    scale = float(np.sqrt((left @ left) * (right @ right)))
    if scale < 1e-12:
        raise InputError(
            "all learners have the same value, so nothing can be correlated",
            place="sensitivity of the weights",
            remedy="give learners that differ",
        )
    return float(left @ right) / scale

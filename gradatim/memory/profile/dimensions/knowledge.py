"""Knowledge mastery: how much of what was observed is mastered, and how well attempts are scored."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field

from gradatim.domain import LearnerEvent
from gradatim.memory.profile.attribute import ATTEMPTS, MASTERED, SHARE, Attribute
from gradatim.memory.profile.averages import Average, Measured, as_share, average, observe
from gradatim.memory.profile.dimensions.packing import Accumulators
from gradatim.memory.profile.reading import scored

_OBSERVING = ("any with observations, except self_assessment",)
_BELIEFS = "√(Σ p(1 − p)) / |observed concepts|: standard deviation of the share of concepts that are mastered"

ATTRIBUTES = (
    Attribute(
        "breadth",
        "knowledge mastery",
        "Share of the observed concepts that are mastered, 0 to 1.",
        f"|concepts with mastery > {MASTERED}| / |observed concepts|",
        _OBSERVING,
        _BELIEFS,
    ),
    Attribute(
        "depth",
        "knowledge mastery",
        "Mean mastery of the observed concepts, 0 to 1.",
        "Σ mastery / |observed concepts|",
        _OBSERVING,
        _BELIEFS,
    ),
    Attribute(
        "assessment_score",
        "knowledge mastery",
        "Score of recent attempts, 0 to 1, of what was handed in.",
        "decay over attempts with a score; observed = `score`, else the share of correct observations, else 1 if "
        "correct and 0 if not; never imputed, an incomplete attempt counts for what is complete",
        ATTEMPTS,
        SHARE,
    ),
)


def breadth(mastery: Collection[float]) -> float | None:
    """Share of the observed concepts with mastery above `MASTERED`."""
    return sum(value > MASTERED for value in mastery) / len(mastery) if mastery else None


def depth(mastery: Collection[float]) -> float | None:
    """Mean mastery of the observed concepts."""
    return min(1.0, sum(mastery) / len(mastery)) if mastery else None


@dataclass(slots=True)
class Knowledge(Accumulators):
    """What knowledge mastery is computed from, beside the traced mastery."""

    observations: int = 0
    """Observations that count for mastery."""
    score: Average = field(default_factory=average)

    def attempt(self, event: LearnerEvent) -> float | None:
        """An attempt with or without a score; the share of its items that are done, where it tells."""
        found = scored(event)
        if found is None:
            return None
        observe(self.score, found.score)
        return None if found.total is None or found.done is None else found.done / found.total

    def measured(self, mastery: Collection[float]) -> dict[str, Measured]:
        error = math.sqrt(math.fsum(p * (1.0 - p) for p in mastery)) / len(mastery) if mastery else None
        return {
            "breadth": Measured(breadth(mastery), error, self.observations),
            "depth": Measured(depth(mastery), error, self.observations),
            "assessment_score": as_share(self.score),
        }

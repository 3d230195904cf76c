"""An attribute of the profile, as it can be explained to the learner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dimension = Literal[
    "cognitive ability",
    "learning style",
    "knowledge mastery",
    "behavioural patterns",
    "affective state",
    "social interaction",
    "temporal dynamics",
    "metacognition",
]
DIMENSIONS: tuple[Dimension, ...] = (
    "cognitive ability",
    "learning style",
    "knowledge mastery",
    "behavioural patterns",
    "affective state",
    "social interaction",
    "temporal dynamics",
    "metacognition",
)

MASTERED = 0.7
"""Mastery above which a concept counts as mastered in `breadth`."""
DAY = 86_400_000_000
"""Microseconds."""
ATTEMPTS = ("submission", "assessment")
"""Kinds of events that are attempts at a task."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the profile."""

    name: str
    dimension: Dimension
    meaning: str
    formula: str
    events: tuple[str, ...]
    """Kinds of events it is read from."""
    uncertainty: str = "none"
    """How the standard error comes about."""
    low: float | None = 0.0
    """Least value there can be; `None` where there is none."""
    high: float | None = 1.0
    """Greatest value there can be; `None` where there is none."""


SHARE = "Agresti–Coull standard error of a share, at the effective number of observations"
"""Of attributes whose observations are 0 or 1, or lie between."""
MEAN = "weighted standard deviation / √ effective number of observations"
"""Of attributes whose observations are any quantity."""

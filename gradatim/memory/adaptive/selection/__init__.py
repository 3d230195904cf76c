"""The next item of an adaptive test."""

from gradatim.memory.adaptive.selection.base import Criterion, Selection
from gradatim.memory.adaptive.selection.content import ContentBalanced, WeightedDeviations
from gradatim.memory.adaptive.selection.criteria import (
    MaximumInformation,
    NearestDifficulty,
    PosteriorInformation,
    Progressive,
    RandomItem,
)
from gradatim.memory.adaptive.selection.exposure import Randomesque, SympsonHetter

__all__ = [
    "ContentBalanced",
    "Criterion",
    "MaximumInformation",
    "NearestDifficulty",
    "PosteriorInformation",
    "Progressive",
    "RandomItem",
    "Randomesque",
    "Selection",
    "SympsonHetter",
    "WeightedDeviations",
]

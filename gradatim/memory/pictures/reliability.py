"""How well probabilities agree with what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.memory.pictures.intervals import wilson
from gradatim.memory.pictures.series import Prediction

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions of about the same probability."""

    low: float
    high: float
    count: int
    predicted: float
    """Mean probability; the middle where the bin is empty."""
    observed: float | None
    """Share that was correct; `None` where the bin is empty."""
    interval: tuple[float, float]
    """Wilson interval of 95 % of the share."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability diagram in numbers."""

    bins: tuple[Bin, ...]
    count: int
    error: float
    """Expected calibration error: mean distance between predicted and observed, weighted by count."""
    brier: float
    """Mean squared distance between probability and outcome."""


def reliability(predictions: Sequence[Prediction], bins: int = BINS) -> Reliability:
    """Group predictions into bins of equal width and compare each with what came.

    `ECE = Σ nₖ/n · |accₖ − confₖ|` (Naeini, Cooper and Hauskrecht, 2015) with confₖ the mean predicted probability of
    bin k; Brier (1950) score `Σ (p − y)² / n`. Both are 0 where there are no predictions.

    Args:
        predictions: In any order.
        bins: How many.
    """
    groups: list[list[Prediction]] = [[] for _ in range(bins)]
    for prediction in predictions:
        groups[min(bins - 1, int(prediction.probability * bins))].append(prediction)
    found = tuple(_bin(number / bins, (number + 1) / bins, group) for number, group in enumerate(groups))
    count = len(predictions)
    if not count:
        return Reliability(found, 0, 0.0, 0.0)
    error = sum(item.count * abs(item.predicted - item.observed) for item in found if item.observed is not None)
    brier = sum((item.probability - item.correct) ** 2 for item in predictions)
    return Reliability(found, count, error / count, brier / count)


def _bin(low: float, high: float, group: Sequence[Prediction]) -> Bin:
    if not group:
        return Bin(low, high, 0, (low + high) / 2, None, (0.0, 1.0))
    count = len(group)
    observed = sum(item.correct for item in group) / count
    return Bin(low, high, count, sum(item.probability for item in group) / count, observed, wilson(observed, count))

"""How good predictions of correctness are: discrimination, error, calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.data.sequences import Flags, totals

Reals = npt.NDArray[np.float64]

BINS = 10
_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Bin:
    """Responses that were predicted alike."""

    predicted: float
    """Mean prediction."""
    observed: float
    """Share that was correct."""
    responses: int


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one set of predictions."""

    responses: int
    auc: float | None
    """Chance that a correct response was predicted above a wrong one; none where all went the same way."""
    rmse: float
    log_loss: float
    """Mean negative log-likelihood, in nats."""
    accuracy: float
    """Share on the right side of ½."""
    ece: float
    """Expected calibration error: mean distance of predicted and observed over ten bins of equal width."""
    bins: tuple[Bin, ...]
    """From the lowest to the highest; those without responses are left out."""


def score(correct: Flags, predicted: Reals) -> Score:
    """Score predictions.

    Args:
        correct: What happened, shape (responses,), at least one.
        predicted: Probabilities, shape (responses,).
    """
    target = correct.astype(np.float64)
    inside = np.clip(predicted, _LEAST, 1.0 - _LEAST)
    bins = reliability(correct, predicted)
    return Score(
        len(target),
        auc(correct, predicted),
        float(np.sqrt(((predicted - target) ** 2).mean())),
        float(-(target * np.log(inside) + (1.0 - target) * np.log1p(-inside)).mean()),
        float(((predicted >= 0.5) == correct).mean()),
        sum(bin.responses * abs(bin.predicted - bin.observed) for bin in bins) / len(target),
        bins,
    )


def auc(correct: Flags, predicted: Reals) -> float | None:
    """Area under the ROC curve by ranks, ties counting half (Hanley and McNeil, 1982)."""
    right = int(correct.sum())
    wrong = len(correct) - right
    if not right or not wrong:
        return None
    _, place, count = np.unique(predicted, return_inverse=True, return_counts=True)
    rank = np.cumsum(count) - (count - 1) / 2.0
    return (float(rank[place][correct].sum()) - right * (right + 1) / 2.0) / right / wrong


def reliability(correct: Flags, predicted: Reals) -> tuple[Bin, ...]:
    """Predicted and observed shares in bins of equal width."""
    place = np.minimum((predicted * BINS).astype(np.int64), BINS - 1)
    count = totals(place, BINS)
    sums = totals(place, BINS, predicted)
    right = totals(place, BINS, correct.astype(np.float64))
    return tuple(
        Bin(float(total / n), float(hits / n), int(n)) for n, total, hits in zip(count, sums, right, strict=True) if n
    )

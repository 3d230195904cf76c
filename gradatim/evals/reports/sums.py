"""Figures that are functions of sums over examples: mean, correlation, expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.evals.reports.matching import Floats

BINS = 10


def average_sums(values: Floats) -> Floats:
    """What each value adds to the sums of a mean, `(n, 2)`."""
    return np.column_stack([np.ones_like(values), values])


def average(sums: Floats) -> Floats:
    """The mean from sums."""
    return sums[..., 1] / sums[..., 0]


def correlation_sums(x: Floats, y: Floats) -> Floats:
    """What each pair adds to the sums of a correlation, `(n, 6)`."""
    return np.column_stack([np.ones_like(x), x, y, x * x, y * y, x * y])


def correlation(sums: Floats) -> Floats:
    """Pearson's product-moment correlation from sums; NaN where one side does not vary."""
    n, x, y, xx, yy, xy = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.maximum(n * xx - x * x, 0.0) * np.maximum(n * yy - y * y, 0.0)
        found = (n * xy - x * y) / np.sqrt(spread)
        return np.where(spread > 1e-18 * np.maximum(1.0, n**4), np.clip(found, -1.0, 1.0), np.nan)


def calibration_sums(probabilities: Floats, outcomes: Floats, owner: Sequence[int], examples: int) -> Floats:
    """What each example adds to the sums of a calibration error, `(examples, BINS + 1)`.

    Args:
        probabilities, outcomes: Of runs.
        owner: Number of the example that each run belongs to.
        examples: How many there are.
    """
    bins = np.minimum(BINS - 1, (probabilities * BINS).astype(np.int64))
    found = np.zeros((examples, BINS + 1))
    np.add.at(found, (np.asarray(owner, dtype=np.int64), bins), outcomes - probabilities)
    np.add.at(found[:, BINS], np.asarray(owner, dtype=np.int64), 1.0)
    return found


def calibration_error(sums: Floats) -> Floats:
    """Expected calibration error from sums: `Σ nₖ/n · |accₖ − confₖ|` over bins of equal width (Naeini, Cooper and
    Hauskrecht, 2015); NaN of nothing."""
    counts = sums[..., BINS]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(sums[..., :BINS]).sum(axis=-1) / np.where(counts > 0, counts, np.nan)


def calibration_bias(sums: Floats) -> Floats:
    """How far the mean probability is from the share that came true, `|mean(y) − mean(p)|`, from the same sums
    ("calibration in the large"; Cox, 1958); NaN of nothing."""
    counts = sums[..., BINS]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(sums[..., :BINS].sum(axis=-1)) / np.where(counts > 0, counts, np.nan)


def risk_coverage_area(confidences: Floats, wrong: Floats) -> Floats:
    """Area under the curve of risk against coverage: the share of wrong runs among those kept, averaged over how many
    are kept, most confident first (Geifman, Uziel and El-Yaniv, 2019). Runs of equal confidence are kept together: each
    of them counts with the share of wrong ones among its equals.

    Args:
        confidences, wrong: `(…, runs)`.

    Returns:
        `(…,)`, in [0, 1]; smaller is better.
    """
    order = np.argsort(-confidences, axis=-1, kind="stable")
    sorted_wrong = np.take_along_axis(wrong, order, axis=-1)
    sorted_confidence = np.take_along_axis(confidences, order, axis=-1)
    size = sorted_wrong.shape[-1]
    starts = np.concatenate(
        [
            np.ones((*sorted_wrong.shape[:-1], 1), dtype=bool),
            sorted_confidence[..., 1:] != sorted_confidence[..., :-1],
        ],
        axis=-1,
    )
    group = np.cumsum(starts, axis=-1) - 1
    flat = (group + size * np.arange(group[..., 0].size).reshape(*group.shape[:-1], 1)).ravel()
    total = np.bincount(flat, weights=sorted_wrong.ravel(), minlength=group.size)
    number = np.bincount(flat, minlength=group.size)
    level = (total / np.maximum(number, 1))[flat].reshape(sorted_wrong.shape)
    # a run of rank k is in the mean of every share from k on: Σ 1/j for j = k … n
    ranks: Floats = np.arange(1.0, size + 1.0)
    weights = np.cumsum(1.0 / ranks[::-1])[::-1] / size
    return level @ weights

"""Area under the ROC curve with DeLong's interval, and two of them compared."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.samples import (
    Reals,
    Values,
    check_level,
    quantile,
    same_length,
    sample,
    truth_values,
    two_sided,
    unknown,
    untested,
    without_interval,
)

METHOD = "area under the ROC curve, interval by DeLong, DeLong and Clarke-Pearson (1988)"
TEST = "two ROC curves of the same cases (DeLong, DeLong and Clarke-Pearson, 1988)"


def auc(scores: Values, outcomes: Values, level: float = 0.95) -> Estimate:
    """Probability that a positive case has a higher score than a negative one, ties counting half; in [0, 1].

    The variance comes from mid-ranks (Sun and Xu, 2014), in O(n log n). The interval is cut at 0 and 1.

    Raises:
        InputError: A score is no finite number, an outcome neither true nor false, or the two differ in length.
    """
    values, true = sample(scores, "scores"), truth_values(outcomes)
    same_length(("scores", "outcomes"), len(values), len(true))
    check_level(level)
    n = len(values)
    if not true.any() or true.all():
        return unknown("all outcomes are the same", n, level)
    value, first, second = _parts(values, true)
    if min(len(first), len(second)) < 2:
        return without_interval(value, n, level, METHOD, "one outcome occurs only once")
    variance = float(first.var(ddof=1)) / len(first) + float(second.var(ddof=1)) / len(second)
    if variance <= 1e-24:
        return without_interval(value, n, level, METHOD, "the estimated variance is 0")
    half = quantile(level) * math.sqrt(variance)
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), n, level, METHOD)


def delong(a: Values, b: Values, outcomes: Values, level: float = 0.95) -> TestResult:
    """Whether the areas under two ROC curves of the same cases differ; the effect is that of a less that of b.

    Raises:
        InputError: A score is no finite number, an outcome neither true nor false, or lengths differ.
    """
    first, second, true = sample(a, "a"), sample(b, "b"), truth_values(outcomes)
    same_length(("a", "b"), len(first), len(second))
    same_length(("a", "outcomes"), len(first), len(true))
    check_level(level)
    n = len(first)
    if min(int(true.sum()), int((~true).sum())) < 2:
        why = "an outcome occurs fewer than 2 times"
        return untested(TEST, why, n, unknown(why, n, level))
    area_a, positive_a, negative_a = _parts(first, true)
    area_b, positive_b, negative_b = _parts(second, true)
    difference = area_a - area_b
    up, down = positive_a - positive_b, negative_a - negative_b
    variance = float(up.var(ddof=1)) / len(up) + float(down.var(ddof=1)) / len(down)
    if variance <= 1e-24:
        why = "the estimated variance of the difference is 0"
        return untested(TEST, why, n, without_interval(difference, n, level, "difference of areas", why))
    half = quantile(level) * math.sqrt(variance)
    effect = Estimate(
        difference, max(-1.0, difference - half), min(1.0, difference + half), n, level, "difference of areas, DeLong"
    )
    z = difference / math.sqrt(variance)
    return TestResult(z, two_sided(z), None, n, TEST, effect)


def _parts(values: Reals, true: NDArray[np.bool_]) -> tuple[float, Reals, Reals]:
    """The area; for each positive case the share of negatives it beats; for each negative that of positives above."""
    positive, negative = values[true], values[~true]
    beats = _below(negative, positive) / len(negative)
    beaten = 1.0 - _below(positive, negative) / len(positive)
    return float(beats.mean()), beats, beaten


def _below(values: Reals, at: Reals) -> Reals:
    """For each of `at` how many values are below, equal ones counting half."""
    ordered = np.sort(values)
    return (np.searchsorted(ordered, at, "left") + np.searchsorted(ordered, at, "right")) / 2.0

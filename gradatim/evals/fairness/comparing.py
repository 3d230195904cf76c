"""One measure between two sets of units: difference, interval, test, ratio."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from gradatim.evals.fairness.cases import Unit
from gradatim.evals.fairness.measures import Measure
from gradatim.evals.statistics import (
    Estimate,
    difference_of_proportions,
    hedges_g,
    mean,
    permutation,
    proportion,
    welch,
)
from gradatim.evals.statistics.library import stats

LEVEL = 0.95
FOUR_FIFTHS = 0.8
"""Ratio below which selection rates count as evidence of adverse impact in the Uniform Guidelines (1978), §1607.4 D."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure of one group: share (Wilson) or mean (Student's t), and how many units it rests on."""

    group: str
    measure: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure in a group against the others.

    Attributes:
        attribute, group, other: `other` is the second group's name, or `others` where there are more than two.
        difference: Of the group less the others: Newcombe for shares of units, Welch for means.
        p: Two-sided: Fisher's exact test for shares of units, Welch's t for means; a permutation where values of a
            group do not vary.
        holm, fdr: The same corrected over all comparisons of the audit (Holm; Benjamini and Hochberg).
        effect: Hedges' g of means.
        ratio: Of the two shares, the lower over the higher one (four-fifths rule), where both can be.
        within: The difference within tasks, where both sides worked on the same ones.
    """

    attribute: str
    group: str
    other: str
    measure: str
    difference: Estimate
    p: float | None
    test: str
    holm: float | None = None
    fdr: float | None = None
    effect: Estimate | None = None
    ratio: Estimate | None = None
    within: Estimate | None = None


def values_of(units: Sequence[Unit], key: str) -> list[float]:
    """The units' figures, of those that have one."""
    return [unit.values[key] for unit in units if key in unit.values]


def figure(group: str, measure: Measure, values: Sequence[float]) -> Figure:
    """One group's figure."""
    if measure.kind == "share" and _whole(values):
        return Figure(group, measure.key, proportion(int(sum(values)), len(values), LEVEL))
    return Figure(group, measure.key, mean(values, LEVEL))


def compare(
    attribute: str, measure: Measure, first: tuple[str, Sequence[float]], second: tuple[str, Sequence[float]]
) -> Comparison:
    """A measure in two sets of units.

    Shares are compared as counts where each unit is wholly one or the other; a learner with several runs has a share
    of its own, and such shares are compared as numbers.
    """
    (group, x), (other, y) = first, second
    if measure.kind == "share" and _whole(x) and _whole(y):
        a, b = int(sum(x)), int(sum(y))
        difference = difference_of_proportions(a, len(x), b, len(y), LEVEL)
        p = float(stats().fisher_exact([[a, len(x) - a], [b, len(y) - b]]).pvalue)
        ratio = ratio_of_shares(a, len(x), b, len(y))
        return Comparison(
            attribute, group, other, measure.key, difference, p, "Fisher's exact test (Fisher, 1935)", ratio=ratio
        )
    tested = welch(x, y, LEVEL)
    if tested.p is None:
        tested = permutation(x, y)
    difference = tested.effect or Estimate(None, n=len(x) + len(y))
    return Comparison(
        attribute, group, other, measure.key, difference, tested.p, tested.method, effect=hedges_g(x, y, LEVEL)
    )


def ratio_of_shares(a: int, n: int, b: int, m: int) -> Estimate:
    """The lower share over the higher one, with the log interval of Katz, Baptista, Azen and Pike (1978).

    The interval is that of the ratio in this direction, and may reach above 1: where it does, the data also admit that
    the order is the other way round. There is none where a group has no successes.
    """
    if a * m > b * n:  # the first share is the higher one
        a, n, b, m = b, m, a, n
    method = "ratio of shares, log interval (Katz, Baptista, Azen and Pike, 1978)"
    if b == 0:
        return Estimate(None, n=n + m, method="not estimable: neither group has any")
    value = (a / n) / (b / m)
    if a == 0:
        return Estimate(0.0, n=n + m, level=LEVEL, method=f"{method}; no interval: one group has none")
    if a == n and b == m:
        return Estimate(1.0, n=n + m, level=LEVEL, method=f"{method}; no interval: both groups have all")
    half = NormalDist().inv_cdf(0.5 + LEVEL / 2.0) * math.sqrt(1.0 / a - 1.0 / n + 1.0 / b - 1.0 / m)
    return Estimate(value, value * math.exp(-half), value * math.exp(half), n + m, LEVEL, method)


def against(groups: Mapping[str, Sequence[Unit]]) -> list[tuple[str, str, list[Unit]]]:
    """Each group with what it is compared to: the other one of two, all others of more."""
    names = list(groups)
    if len(names) < 2:
        return []
    if len(names) == 2:
        return [(names[0], names[1], list(groups[names[1]]))]
    return [(name, "others", [unit for other in names if other != name for unit in groups[other]]) for name in names]


def _whole(values: Sequence[float]) -> bool:
    return all(value in (0.0, 1.0) for value in values)

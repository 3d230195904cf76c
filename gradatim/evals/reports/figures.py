"""One figure of many runs, with an interval that knows that runs of the same example belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradatim.evals.reports.gathering import Cell, Series
from gradatim.evals.reports.sums import calibration_error, calibration_sums, correlation, correlation_sums
from gradatim.evals.reports.swapping import of_one
from gradatim.evals.scorers.score import ScorerInfo
from gradatim.evals.statistics import mean, pearson, proportion
from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.library import stats
from gradatim.memory.pictures.intervals import Z95, wilson

ERROR = "ECE"
"""Measure of a calibration: an error, whatever the direction of the scores that it is made of."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What many runs come to.

    Attributes:
        measure: What kind of figure: `mean`, `share`, `Pearson's r`, `ECE`, …
        estimate: With its interval; its `n` is the number of examples.
        runs: Runs that were judged.
        unjudged: Runs without a score.
        why: The commonest reason for that.
    """

    measure: str
    estimate: Estimate
    runs: int
    unjudged: int
    why: str = ""


def figure(series: Series | None, info: ScorerInfo) -> Figure:
    """The figure of a scorer, in the way in which its scores become one.

    Args:
        series: Of one variant; `None` where the scorer was not asked.
    """
    if series is None:
        return Figure("mean", Estimate(None, method="not scored"), 0, 0, "the experiment did not ask for this score")
    reasons = series.reasons(1)
    measure, estimate, runs = _estimate(series, info)
    return Figure(measure, estimate, runs, len(series.unjudged), reasons[0][0] if reasons else "")


def _estimate(series: Series, info: ScorerInfo) -> tuple[str, Estimate, int]:
    if info.summarised == "agreement":
        return "Pearson's r", agreement(series.pairs), len(series.pairs)
    if info.summarised == "calibration" and series.probabilities:
        return ERROR, calibration(series), len(series.probabilities)
    bounded = info.unit is None
    measure = "share" if series.binary and bounded else "mean"
    return measure, clustered_mean(series.values, bounded=bounded), len(series.values)


def clustered_mean(values: Mapping[Cell, float], *, bounded: bool) -> Estimate:
    """Mean over examples of their mean over runs.

    The interval is Student's t over the examples. Where scores lie in [0, 1] it is Wilson's with the effective number
    of examples, `p(1 − p) / variance of the mean · (z / t)²` (Korn and Graubard, 1998; Dean and Pagano, 2015), which
    stays in [0, 1], and does not shrink to nothing because all examples gave the same. For yes and no with one run of
    each example it is Wilson's own.

    Args:
        values: Scores by run.
        bounded: Whether they lie in [0, 1].
    """
    means = _by_sample(values)
    n = len(means)
    if n == 0:
        return Estimate(None, method="no run was judged")
    if n == len(values) and bounded and all(value in (0.0, 1.0) for value in means):
        return proportion(round(sum(means)), n)
    value = min(1.0, max(0.0, sum(means) / n)) if bounded else sum(means) / n
    if not bounded or min(means) < 0.0 or max(means) > 1.0:
        return mean(means)
    if n < 2:
        return Estimate(value, n=n, method="no interval: there is one example only")
    variance = float(np.var(means, ddof=1)) / n
    most = value * (1 - value)
    # a mean of values in [0, 1] varies at most as shares do; what varies less is known better, but never perfectly
    effective = min(most / variance, 100.0 * n) if variance > 0 and most > 0 else float(n)
    effective *= (Z95 / float(stats().t.ppf(0.975, n - 1))) ** 2
    low, high = wilson(value, effective, Z95)
    return Estimate(value, low, high, n, 0.95, "Wilson (1927), effective number of examples (Korn and Graubard, 1998)")


def agreement(pairs: Mapping[Cell, tuple[float, float]]) -> Estimate:
    """Pearson's r of what the machine gave, averaged over the runs of an example, with what people gave."""
    machine = _by_sample({cell: pair[0] for cell, pair in pairs.items()})
    people = _by_sample({cell: pair[1] for cell, pair in pairs.items()})
    found = pearson(machine, people)
    if found.value is not None and found.low is None and len(machine) > 3:
        sums = correlation_sums(np.array(machine), np.array(people))
        return replace(of_one(correlation, sums), value=found.value)
    return found


def calibration(series: Series) -> Estimate:
    """Expected calibration error of the probabilities against the scores."""
    return of_one(calibration_error, calibration_columns(series))


def brier(series: Series) -> Estimate:
    """Brier score (1950) of the probabilities against the scores."""
    return clustered_mean(
        {cell: (probability - series.values[cell]) ** 2 for cell, probability in series.probabilities.items()},
        bounded=True,
    )


def overconfidence(series: Series) -> Estimate:
    """Mean of probability minus score: positive where more is promised than is kept."""
    return clustered_mean(
        {cell: probability - series.values[cell] for cell, probability in series.probabilities.items()}, bounded=False
    )


def calibration_columns(series: Series) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What each example adds to the sums of the calibration error."""
    cells = sorted(series.probabilities)
    numbers: dict[str, int] = {}
    owner = [numbers.setdefault(cell.sample, len(numbers)) for cell in cells]
    probabilities = np.array([series.probabilities[cell] for cell in cells], dtype=np.float64)
    outcomes = np.array([series.values[cell] for cell in cells], dtype=np.float64)
    return calibration_sums(probabilities, outcomes, owner, len(numbers))


def _by_sample(values: Mapping[Cell, float]) -> list[float]:
    groups: dict[str, list[float]] = {}
    for cell in sorted(values):
        groups.setdefault(cell.sample, []).append(values[cell])
    return [sum(group) / len(group) for group in groups.values()]


def quantiles(values: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Quantiles by linear interpolation (Hyndman and Fan, 1996, type 7); empty for no values."""
    return [float(value) for value in np.quantile(np.asarray(values, dtype=np.float64), shares)] if len(values) else []


def quantile_interval(values: Sequence[float], share: float, level: float = 0.95) -> tuple[float, float] | None:
    """Interval of a quantile without any assumption on the distribution, by order statistics (Conover, 1999, 3.2).

    Returns:
        `None` where there are too few values for this quantile.
    """
    n = len(values)
    if n == 0:
        return None
    binomial = stats().binom(n, share)
    tail = (1 - level) / 2
    below, above = int(binomial.ppf(tail)), int(binomial.ppf(1 - tail)) + 1
    if below < 1 or above > n:
        return None
    ordered = sorted(values)
    return ordered[below - 1], ordered[above - 1]

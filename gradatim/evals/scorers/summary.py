"""One figure of many runs for each scorer, with its interval: as the scorer says that its scores become one.

* `mean`: Student's t interval; in [0, 1] it is cut there, and is Wilson's where all are alike or truth values;
* `share`: Wilson's interval;
* `sum`: the mean's interval times the number of runs;
* `agreement`: Pearson's r of machine and people, with Spearman's ρ and the mean closeness beside it;
* `calibration`: the expected calibration error; beside it Brier score, AUC, mean confidence, share right;
* `kept`: coverage at a precision of .9, with other precisions and the curve beside it.

Figures are of runs that do not belong together. Several runs of one example (seeds) are for the reports of experiments,
which know which of them do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gradatim.evals.scorers.score import ScorerInfo
from gradatim.evals.scorers.selective import Point, coverage_at, curve
from gradatim.evals.scorers.tally import Column, Tally
from gradatim.evals.statistics.estimate import Estimate

PRECISION = 0.9
"""Precision at which coverage is told."""
_OTHERS = (0.8, 0.95)
_QUANTILES = (0.5, 0.9, 0.95, 0.99)
_COUNTED = frozenset(("calls", "returns", "retries", "errors", "fallbacks"))
"""Units of what happens a few times a run, or never."""
_LEAST = 20
"""Runs from which quantiles are told."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What the scores of one scorer come to.

    Attributes:
        key: Of the scorer.
        measure: What kind of figure: `mean`, `share`, `Pearson r`, `ECE`, `coverage at precision .9`, `sum`.
        estimate: The figure; its `n` is the number of runs (or pairs) that it rests on.
        unit: Of what is not in [0, 1].
        missing: Runs without a score.
        reasons: Why, the commonest first; at most three.
        further: Figures beside it.
        points: Of a curve of precision against coverage.
    """

    key: str
    measure: str
    estimate: Estimate
    unit: str | None = None
    missing: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict[str, int])
    further: Mapping[str, Estimate] = field(default_factory=dict[str, Estimate])
    points: tuple[Point, ...] = ()


def figures(tally: Tally, scorers: Iterable[ScorerInfo], level: float = 0.95) -> tuple[Figure, ...]:
    """A figure for each scorer, in their order.

    Raises:
        NoStatistics: scipy is not installed.
    """
    return tuple(figure(tally.columns.get(info.key, Column()), info, level) for info in scorers)


def figure(column: Column, info: ScorerInfo, level: float = 0.95) -> Figure:
    """The figure of one scorer.

    Raises:
        NoStatistics: scipy is not installed.
    """
    base = Figure(
        info.key,
        "mean",
        Estimate(None, level=level, method="no run was judged"),
        info.unit,
        column.missing.total(),
        dict(column.missing.most_common(3)),
    )
    match info.summarised:
        case "agreement":
            return _agreement(base, column, level)
        case "calibration":
            return _calibration(base, column, level)
        case "kept":
            return _kept(base, column, level)
        case "share":
            return replace(base, measure="share", estimate=_share(column.scores, level))
        case "sum":
            return _sum(base, column, level)
        case "mean":
            return _mean(base, column, level)


def _mean(base: Figure, column: Column, level: float) -> Figure:
    scores = column.scores
    if not len(scores):
        return base
    if base.unit is not None:
        if base.unit in _COUNTED and not any(scores):
            return replace(base, estimate=_never(len(scores), level))
        parts = {name: _amount(values, level) for name, values in column.parts.items()}
        return replace(base, estimate=_amount(scores, level), further={**_quantiles(scores, level), **parts})
    if column.binary:
        return replace(base, measure="share", estimate=_share(scores, level))
    return replace(base, estimate=_bounded(scores, level))


def _sum(base: Figure, column: Column, level: float) -> Figure:
    n = len(column.scores)
    if not n:
        return replace(base, measure="sum")
    found = _average(column.scores, level)
    low, high = (None if end is None else end * n for end in (found.low, found.high))
    total = Estimate((found.value or 0.0) * n, low, high, n, level, f"{found.method}, times the number of runs")
    return replace(base, measure="sum", estimate=total, further={"mean": found})


def _agreement(base: Figure, column: Column, level: float) -> Figure:
    from gradatim.evals.statistics import pearson, spearman

    base = replace(base, measure="Pearson r")
    if not len(column.first):
        return base
    further = {"Spearman ρ": spearman(column.first, column.second, level)}
    if len(column.scores):
        further["closeness"] = _bounded(column.scores, level)
    return replace(base, estimate=pearson(column.first, column.second, level), further=further)


def _calibration(base: Figure, column: Column, level: float) -> Figure:
    from gradatim.evals.statistics import auc, brier, calibration_error

    base = replace(base, measure="ECE")
    stated, right = _pairs(column)
    if not stated:
        return base
    further = {
        "Brier": brier(stated, right, level),
        "AUC": auc(stated, right, level),
        "mean confidence": _bounded(stated, level),
        "share right": _share(right, level),
    }
    return replace(base, estimate=calibration_error(stated, right, level=level), further=further)


def _kept(base: Figure, column: Column, level: float) -> Figure:
    base = replace(base, measure=f"coverage at precision {PRECISION:g}")
    stated, right = _pairs(column)
    if not stated:
        return base
    others = {f"at precision {wanted:g}": coverage_at(stated, right, wanted, level=level) for wanted in _OTHERS}
    found = coverage_at(stated, right, PRECISION, level=level)
    return replace(base, estimate=found, further=others, points=tuple(curve(stated, right, level=level)))


def _pairs(column: Column) -> tuple[list[float], list[float]]:
    """Probabilities, and 1 or 0 for whether they came true; what is neither is left out."""
    kept = [
        (stated, right)
        for stated, right in zip(column.first, column.second, strict=True)
        if 0.0 <= stated <= 1.0 and right in (0.0, 1.0)
    ]
    return [stated for stated, _ in kept], [right for _, right in kept]


def _share(scores: Sequence[float], level: float) -> Estimate:
    from gradatim.evals.statistics import proportion

    if any(score not in (0.0, 1.0) for score in scores):
        return _bounded(scores, level)
    return proportion(round(sum(scores)), len(scores), level)


def _average(scores: Sequence[float], level: float) -> Estimate:
    from gradatim.evals.statistics import mean

    return mean(scores, level)


def _amount(scores: Sequence[float], level: float) -> Estimate:
    """Mean of times and counts; where none is negative, neither is its interval."""
    found = _average(scores, level)
    if found.low is not None and found.low < 0.0 <= min(scores):
        return replace(found, low=0.0)
    return found


def _bounded(scores: Sequence[float], level: float) -> Estimate:
    """Mean of scores in [0, 1]; Wilson's interval where they do not vary, for a spread of 0 tells nothing.

    The variance of a mean of such scores is at most that of a share, so that this interval is never too short.
    """
    found = _average(scores, level)
    value = found.value
    if value is None or min(scores) < 0.0 or max(scores) > 1.0:
        return found
    if found.low is None or found.high is None:
        from gradatim.evals.statistics.samples import quantile
        from gradatim.memory.pictures.intervals import wilson

        low, high = wilson(min(1.0, max(0.0, value)), len(scores), quantile(level))
        return Estimate(value, low, high, len(scores), level, "score interval of a share (Wilson, 1927)")
    return replace(found, low=max(0.0, found.low), high=min(1.0, found.high))


def _never(n: int, level: float) -> Estimate:
    """Rate a run of something that never happened in `n` of them: the exact Poisson interval (Garwood, 1936)."""
    from math import log

    high = -log((1.0 - level) / 2.0) / n
    return Estimate(0.0, 0.0, high, n, level, "exact Poisson interval (Garwood, 1936); it never happened")


def _quantiles(scores: Sequence[float], level: float) -> dict[str, Estimate]:
    """Quantiles (linear interpolation) with intervals by order statistics (Conover, 1999, section 3.2)."""
    import numpy as np

    from gradatim.evals.statistics.library import stats

    n = len(scores)
    if n < _LEAST or min(scores) == max(scores):
        return {}
    ordered = np.sort(np.asarray(scores, dtype=np.float64))
    tail = (1.0 - level) / 2.0
    found: dict[str, Estimate] = {}
    for share in _QUANTILES:
        binomial = stats().binom(n, share)
        below, above = int(binomial.ppf(tail)), int(binomial.ppf(1.0 - tail)) + 1
        low, high = (
            (float(ordered[below - 1]), float(ordered[above - 1])) if below >= 1 and above <= n else (None, None)
        )
        value = float(np.quantile(ordered, share))
        found[f"p{round(share * 100)}"] = Estimate(value, low, high, n, level, "order statistics (Conover, 1999)")
    return found

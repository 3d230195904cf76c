"""How the figures of a scorer are compared between two versions, by the way in which its scores become one figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.evals.reports.difference import SAME, Difference
from gradatim.evals.reports.gathering import Cell, Series
from gradatim.evals.reports.matching import Floats, Matching, match
from gradatim.evals.reports.sums import (
    average,
    average_sums,
    calibration_bias,
    calibration_error,
    calibration_sums,
    correlation,
    correlation_sums,
    risk_coverage_area,
)
from gradatim.evals.reports.swapping import MANY, Statistic, interval, swap_test
from gradatim.evals.scorers.score import ScorerInfo
from gradatim.evals.statistics import cohens_d_paired, mcnemar, mean, paired_t, williams
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.proportions import paired_difference
from gradatim.memory.pictures.intervals import Z95

_AREA_SWAPS = 1_999


def differences(old: Series, new: Series, info: ScorerInfo, variant: str) -> Iterator[Difference]:
    """What is compared of one scorer: its mean or share; its agreement; its calibration error and Brier score; its area
    under risk against coverage."""
    summarised = info.summarised
    unjudged = (len(old.unjudged), len(new.unjudged))
    shared: dict[str, Any] = {"key": info.key, "variant": variant, "unjudged": unjudged}
    if summarised == "agreement" and old.pairs and new.pairs:
        yield _agreement(old, new, shared)
    elif summarised in ("calibration", "kept") and old.probabilities and new.probabilities:
        if summarised == "calibration":
            yield _calibration(old, new, "ECE", calibration_error, shared)
            yield _calibration(old, new, "bias", calibration_bias, shared)
            yield _brier(old, new, shared)
        else:
            yield _kept(old, new, shared)
    else:
        direction = {"higher_is_better": info.higher_is_better, "unit": info.unit}
        # what counts as yes or no is decided by the scores, not by what the scorer promises
        binary = old.binary and new.binary and info.unit is None
        yield means(old.values, new.values, binary, shared | direction)


def means(old: Mapping[Cell, float], new: Mapping[Cell, float], binary: bool, shared: Mapping[str, Any]) -> Difference:
    """The difference of means: by McNemar's test where every example has one run and scores are yes or no, by swaps of
    signs elsewhere, by t where examples are many."""
    matching = match(old.keys(), new.keys())
    before, after = matching.means(old, new)
    n = len(matching.samples)
    if n == 0:
        return _nothing(matching, {"measure": "mean", **shared})
    moved = after - before
    if not moved.any():
        test = TestResult(0.0, 1.0, n=n, method=SAME)
    elif binary and matching.single:
        test = mcnemar(before.tolist(), after.tolist())
    else:
        test = paired_t(after.tolist(), before.tolist()) if n >= MANY else None
        if test is None or test.p is None:  # few pairs, or differences that do not vary
            test = swap_test(average, average_sums(before), average_sums(after))
    inside = all(0.0 <= value <= 1.0 for side in (old, new) for value in side.values())
    if binary and matching.single:
        difference = paired_difference(after.tolist(), before.tolist())
    else:
        difference = _mean_difference(moved, bounded=inside and shared.get("unit") is None)
    spread = float(moved.std(ddof=1)) if n > 1 else 0.0
    return Difference(
        measure="share" if binary else "mean",
        old=float(before.mean()),
        new=float(after.mean()),
        difference=difference,
        test=test,
        effect=cohens_d_paired(after.tolist(), before.tolist()) if spread > 1e-12 else None,
        error=spread / n**0.5 or None,
        binary=binary and matching.single,
        **_counts(matching),
        **shared,
    )


def _mean_difference(moved: Floats, *, bounded: bool) -> Estimate:
    """Mean of paired differences. If no pair of n differs, fewer than 3/n of all do, at 95 % (Hanley and
    Lippman-Hand, 1983): that bounds the difference of scores in [0, 1]."""
    n = len(moved)
    if bounded and n and not moved.any():
        bound = min(1.0, 3 / n)
        return Estimate(0.0, -bound, bound, n, 0.95, "rule of three (Hanley and Lippman-Hand, 1983)")
    return mean(moved.tolist())


def _agreement(old: Series, new: Series, shared: Mapping[str, Any]) -> Difference:
    """Correlation with people on either side: Williams' test where people gave the same, swaps elsewhere."""
    matching = match(old.pairs.keys(), new.pairs.keys())
    shared = {"measure": "Pearson's r", "higher_is_better": True, "unit": None, **shared}
    if not matching.samples:
        return _nothing(matching, shared)
    sides = [
        matching.means({c: v[0] for c, v in old.pairs.items()}, {c: v[0] for c, v in new.pairs.items()}),
        matching.means({c: v[1] for c, v in old.pairs.items()}, {c: v[1] for c, v in new.pairs.items()}),
    ]
    (before, after), (people, again) = sides
    sums = correlation_sums(before, people), correlation_sums(after, again)
    if np.array_equal(people, again) and not np.array_equal(before, after):
        test = williams(people.tolist(), after.tolist(), before.tolist())
    else:
        test = None
    if test is not None and test.p is None:  # a perfect correlation
        test = None
    return _of_sums(correlation, *sums, test, matching, shared)


def _calibration(old: Series, new: Series, measure: str, statistic: Statistic, shared: Mapping[str, Any]) -> Difference:
    matching = match(old.probabilities.keys(), new.probabilities.keys())
    shared = {"measure": measure, "higher_is_better": False, "unit": None, **shared}
    if not matching.samples:
        return _nothing(matching, shared)
    sums = _calibration_of(old, matching.old), _calibration_of(new, matching.new)
    return _of_sums(statistic, *sums, None, matching, shared)


def _calibration_of(series: Series, groups: tuple[tuple[Cell, ...], ...]) -> Floats:
    cells = [cell for group in groups for cell in group]
    owner = [number for number, group in enumerate(groups) for _ in group]
    probabilities = np.array([series.probabilities[cell] for cell in cells])
    outcomes = np.array([series.values[cell] for cell in cells])
    return calibration_sums(probabilities, outcomes, owner, len(groups))


def _brier(old: Series, new: Series, shared: Mapping[str, Any]) -> Difference:
    """The squared distance of probability and outcome (Brier, 1950), run by run."""
    losses = [
        {cell: (probability - series.values[cell]) ** 2 for cell, probability in series.probabilities.items()}
        for series in (old, new)
    ]
    found = means(losses[0], losses[1], False, {"higher_is_better": False, "unit": None, **shared})
    return replace(found, measure="Brier score")


def _kept(old: Series, new: Series, shared: Mapping[str, Any]) -> Difference:
    """Risk against coverage: whether confidence still tells right from wrong."""
    matching = match(old.probabilities.keys(), new.probabilities.keys())
    shared = {"measure": "risk–coverage area", "higher_is_better": False, "unit": None, **shared}
    if not matching.samples:
        return _nothing(matching, shared)
    pairs = [
        (place, left, right)
        for place, (mine, theirs) in enumerate(zip(matching.old, matching.new, strict=True))
        for left, right in zip(mine, theirs, strict=False)
    ]
    owner = np.array([place for place, _, _ in pairs])
    p_old, w_old = _confidences(old, [left for _, left, _ in pairs])
    p_new, w_new = _confidences(new, [right for _, _, right in pairs])
    before, after = float(risk_coverage_area(p_old, w_old)), float(risk_coverage_area(p_new, w_new))
    drawn = _swapped_areas(p_old, w_old, p_new, w_new, owner, _AREA_SWAPS if len(matching.samples) < MANY else 199)
    error = float(drawn.std())
    if len(matching.samples) < MANY:
        p = (1 + int(np.sum(np.abs(drawn) >= abs(after - before) - 1e-12))) / (1 + len(drawn))
        method = f"paired permutation, {len(drawn):,} swaps by example (Good, 2005)"
    else:
        p = _t(after - before, error, len(matching.samples)) if error else 1.0
        method = f"z by the spread of {len(drawn)} random swaps"
    return Difference(
        old=before,
        new=after,
        difference=Estimate(after - before, n=len(matching.samples), method="no interval: the area is no sum"),
        test=TestResult(after - before, p, n=len(matching.samples), method=method),
        error=error or None,
        **_counts(matching),
        **shared,
    )


def _swapped_areas(p_old: Floats, w_old: Floats, p_new: Floats, w_new: Floats, owner: Any, swaps: int) -> Floats:
    """Differences of the area after random swaps by example."""
    rng = np.random.default_rng(0)
    examples = int(owner.max()) + 1
    found: list[Floats] = []
    for start in range(0, swaps, 100):
        count = min(100, swaps - start)
        swapped = rng.integers(0, 2, size=(count, examples), dtype=np.int8)[:, owner].astype(bool)
        left = risk_coverage_area(np.where(swapped, p_new, p_old), np.where(swapped, w_new, w_old))
        right = risk_coverage_area(np.where(swapped, p_old, p_new), np.where(swapped, w_old, w_new))
        found.append(right - left)
    return np.concatenate(found)


def _confidences(series: Series, cells: list[Cell]) -> tuple[Floats, Floats]:
    """Confidence of some runs, and how wrong they are."""
    confidences = np.array([series.probabilities[cell] for cell in cells], dtype=np.float64)
    return confidences, np.array([1.0 - series.values[cell] for cell in cells], dtype=np.float64)


def _of_sums(
    statistic: Statistic,
    old: Floats,
    new: Floats,
    test: TestResult | None,
    matching: Matching,
    shared: Mapping[str, Any],
) -> Difference:
    """The difference of a figure of sums.

    Args:
        test: One that fits the figure; without one, swaps and bootstrap together (see `both`).
    """
    difference = interval(statistic, old, new)
    sides = [float(statistic(side.sum(axis=0))) for side in (old, new)]
    error = None
    if difference.low is not None and difference.high is not None:
        error = (difference.high - difference.low) / (2 * Z95) or None
    return Difference(
        old=sides[0] if np.isfinite(sides[0]) else None,
        new=sides[1] if np.isfinite(sides[1]) else None,
        difference=difference,
        test=test if test is not None else _swapped(statistic, old, new, difference.value, error),
        error=error,
        **_counts(matching),
        **shared,
    )


def _swapped(
    statistic: Statistic, old: Floats, new: Floats, difference: float | None, error: float | None
) -> TestResult:
    if len(old) < MANY or error is None or difference is None:
        return both(swap_test(statistic, old, new), difference, error)
    p = _t(difference, error, len(old))
    return TestResult(
        difference / error, p, len(old) - 1, len(old), "t by bootstrap error (Efron and Tibshirani, 1993)"
    )


def both(swaps: TestResult, difference: float | None, error: float | None) -> TestResult:
    """The larger of two p values: of random swaps, and of the difference over its bootstrap error.

    Swaps ask whether anything differs: probabilities that all rose by a tenth differ, though their calibration may be
    as far off as before on the other side. The error tells whether the figure itself moved by more than chance. What
    is called worse has to pass both.
    """
    if swaps.p is None or difference is None or difference == 0.0:
        return swaps
    method = f"{swaps.method}, and t by bootstrap error"
    if error is None:
        return replace(swaps, p=None, method=f"{method}; no test: the error cannot be estimated")
    return replace(swaps, p=max(swaps.p, _t(difference, error, swaps.n)), method=method)


def _t(difference: float, error: float, n: int) -> float:
    return 2 * float(stats().t.sf(abs(difference) / error, max(1, n - 1)))


def _counts(matching: Matching) -> dict[str, Any]:
    return {
        "pairs": len(matching.samples),
        "runs": matching.runs,
        "level": matching.level,
        "alone": (matching.alone_old, matching.alone_new),
    }


def _nothing(matching: Matching, shared: Mapping[str, Any]) -> Difference:
    none = Estimate(None, method="no example was judged on both sides")
    test = TestResult(None, None, method=none.method)
    return Difference(old=None, new=None, difference=none, test=test, **_counts(matching), **shared)

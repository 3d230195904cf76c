"""How raters rate: how far they have come, whether they rate straight through, drift, are severe or very fast.

These are reasons to talk with a rater. They never take a rating away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.evals.protocol.collecting import Collected
from gradatim.evals.protocol.study import Phase
from gradatim.evals.statistics import Estimate, holm, mean, pearson_test

FEWEST = 10
"""Works from which anything is said about how somebody rates."""
STRAIGHT, STRAIGHT_ANYWAY = 0.5, 0.8
"""Share of works with one level in all dimensions that is striking if others give far fewer, and in any case."""
DRIFT = 0.5
"""Levels by which a rater has to move against the others from first to last work."""
DRIFT_P = 0.01
SEVERITY = 0.5
"""Levels by which a rater's mean differs from that of the others."""
FAST = 15.0
"""Median seconds a work below which nobody can have read it."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One rater's.

    Attributes:
        assigned, complete: Works of the round.
        declined: Cells that the rater said cannot be judged.
        straight: Share of works with the same level in all dimensions (at least three), of those rated.
        straight_others: The same of the other raters, on the same works.
        severity: Mean difference from the others on the same works and dimensions, in levels; negative: severe.
        drift: Levels that this difference moves by from the first work to the last; `None` where too little is there.
        drift_p: Of the test that it does not move, corrected over raters (Holm).
        seconds: Median a work.
        remarks: What is striking, each with what to do.
    """

    rater: str
    assigned: int
    complete: int
    declined: int
    rated: int
    straight: float | None
    straight_others: float | None
    severity: Estimate
    drift: float | None
    drift_p: float | None
    seconds: float | None
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Course:
    """Differences from the others, by position."""

    positions: tuple[float, ...]
    differences: tuple[float, ...]


def behaviours(found: Collected, phase: Phase) -> list[Behaviour]:
    """One for each rater that counts."""
    courses = {rater: _course(found, rater, phase) for rater in found.raters}
    tests = [
        pearson_test(course.positions, course.differences).p if len(course.positions) >= FEWEST else None
        for course in courses.values()
    ]
    corrected = dict(zip(courses, holm(tests), strict=True))
    return [_behaviour(found, rater, phase, courses[rater], corrected[rater]) for rater in found.raters]


def _behaviour(found: Collected, rater: str, phase: Phase, course: _Course, p: float | None) -> Behaviour:
    codes = found.study.assigned(rater, phase)
    missing = found.missing(rater, phase)
    levels = {code: _levels(found, rater, code) for code in codes}
    rated = [code for code in codes if levels[code]]
    straight = _straight([levels[code] for code in rated])
    others = _straight([_levels(found, other, code) for other in found.raters if other != rater for code in rated])
    drift = _moved(course) if len(course.positions) >= FEWEST else None
    times = [found.seconds[rater, code] for code in codes if (rater, code) in found.seconds]
    seconds = float(np.median(times)) if len(times) >= FEWEST else None
    severity = mean(course.differences)
    return Behaviour(
        rater,
        len(codes),
        len(codes) - len(missing),
        sum(key[0] == rater and found.study.works[key[1]].phase == phase for key in found.declined),
        len(rated),
        straight,
        others,
        severity,
        drift,
        p,
        seconds,
        tuple(_remarks(len(rated), straight, others, severity, drift, p, seconds)),
    )


def _remarks(
    rated: int,
    straight: float | None,
    others: float | None,
    severity: Estimate,
    drift: float | None,
    p: float | None,
    seconds: float | None,
) -> list[str]:
    found: list[str] = []
    if rated < FEWEST:
        return found
    if straight is not None and (
        straight >= STRAIGHT_ANYWAY or (straight >= STRAIGHT and others is not None and straight >= 2.5 * others)
    ):
        than = "" if others is None else f" (others: {others:.0%})"
        found.append(f"one level in all dimensions for {straight:.0%} of the works{than}: ask how they were rated")
    if drift is not None and p is not None and abs(drift) >= DRIFT and p < DRIFT_P:
        way = "milder" if drift > 0 else "more severe"
        found.append(f"grew {way} by {abs(drift):.1f} levels from first to last (p = {p:.3f}): go through the anchors")
    if severity.value is not None and severity.low is not None and severity.high is not None:
        certain = severity.low > 0 or severity.high < 0
        if abs(severity.value) >= SEVERITY and certain:
            way = "milder" if severity.value > 0 else "more severe"
            found.append(f"{abs(severity.value):.1f} levels {way} than the others: compare anchors with them")
    if seconds is not None and seconds < FAST:
        found.append(f"{seconds:.0f} s a work at the median: too little to read one")
    return found


def _course(found: Collected, rater: str, phase: Phase) -> _Course:
    positions: list[float] = []
    differences: list[float] = []
    for position, code in enumerate(found.study.assigned(rater, phase)):
        apart: list[float] = []
        for dimension in found.study.dimensions:
            given: Mapping[str, float] = found.ratings(code, dimension)
            if rater in given and len(given) > 1:
                rest = [level for other, level in given.items() if other != rater]
                apart.append(given[rater] - sum(rest) / len(rest))
        if apart:
            positions.append(float(position))
            differences.append(sum(apart) / len(apart))
    return _Course(tuple(positions), tuple(differences))


def _moved(course: _Course) -> float | None:
    """Levels between the ends of the least-squares line."""
    x, y = np.array(course.positions), np.array(course.differences)
    spread = float(((x - x.mean()) ** 2).sum())
    if spread == 0.0:
        return None
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    return slope * float(x[-1] - x[0])


def _levels(found: Collected, rater: str, code: str) -> list[float]:
    keys = ((rater, code, dimension) for dimension in found.study.dimensions)
    return [found.scores[key] for key in keys if key in found.scores]


def _straight(works: Sequence[Sequence[float]]) -> float | None:
    told = [levels for levels in works if len(levels) >= 3]
    return sum(len(set(levels)) == 1 for levels in told) / len(told) if told else None

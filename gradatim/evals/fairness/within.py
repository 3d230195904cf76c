"""Differences within tasks: what is left of a difference when groups are compared on the same exercises only.

Groups seldom hand in the same exercises, and exercises differ in what can go wrong. Comparing within each of them takes
that one reason away; it takes away no other, and shows no cause either.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gradatim.evals.fairness.cases import Unit
from gradatim.evals.statistics import Estimate

LEVEL = 0.95
RESAMPLES = 500
FEWEST = 20
"""Units that each side needs in tasks of both; of fewer, the bootstrap's interval is too narrow to be told."""
_CELLS = 2_000_000
"""Numbers that a step holds at once."""

Reals = npt.NDArray[np.float64]


def within_tasks(first: Sequence[Unit], second: Sequence[Unit], key: str, *, seed: int = 0) -> Estimate | None:
    """Weighted mean over tasks of the difference between two sets of units, with a bootstrap interval over units.

    Mantel–Haenszel weights `n·m/(n + m)` of each task (Greenland and Robins 1985), which are those of least squares
    with a constant for each task. A unit counts as one, however many works it has.

    Returns:
        `None` where fewer than two tasks, or too few units, have works of both sides.
    """
    rows = [
        (at, side, work.task, work.values[key], 1.0 / len(works))
        for side, units in enumerate((first, second))
        for at, unit in enumerate(units)
        if (works := [work for work in unit.works if work.task and key in work.values])
        for work in works
    ]
    names = sorted({row[2] for row in rows})
    place = {name: at for at, name in enumerate(names)}
    if len(names) < 2:
        return None
    unit = np.array([row[0] + (len(first) if row[1] else 0) for row in rows], np.intp)
    side = np.array([row[1] for row in rows], np.intp)
    task = np.array([place[row[2]] for row in rows], np.intp)
    value = np.array([row[3] for row in rows], np.float64)
    weight = np.array([row[4] for row in rows], np.float64)
    cell = side * len(names) + task
    shared = np.bincount(cell, minlength=2 * len(names)).reshape(2, -1).min(axis=0) > 0
    able = [len(np.unique(unit[(side == which) & shared[task]])) for which in (0, 1)]
    if int(shared.sum()) < 2 or min(able) < FEWEST:
        return None

    def estimates(times: Reals) -> Reals:
        """The difference for each row of multiplicities of units, shape (resamples, units)."""
        weights = times[:, unit] * weight
        shape = (len(times), 2, len(names))
        counts, sums = np.zeros(shape), np.zeros(shape)
        for at in range(2 * len(names)):
            own = cell == at
            counts[:, at // len(names), at % len(names)] = weights[:, own].sum(axis=1)
            sums[:, at // len(names), at % len(names)] = weights[:, own] @ value[own]
        together = counts.prod(axis=1) / np.maximum(counts.sum(axis=1), 1e-300)
        means = sums / np.maximum(counts, 1e-300)
        total = together.sum(axis=1)
        apart = (together * (means[:, 0] - means[:, 1])).sum(axis=1)
        return np.where(total > 0.0, apart / np.maximum(total, 1e-300), np.nan)

    count = len(first) + len(second)
    found = float(estimates(np.ones((1, count)))[0])
    draw = np.random.default_rng(seed)
    step = max(1, _CELLS // max(1, len(rows)))
    drawn: list[Reals] = []
    for start in range(0, RESAMPLES, step):
        size = min(step, RESAMPLES - start)
        sides = [draw.multinomial(n, [1.0 / n] * n, size=size) for n in (len(first), len(second))]
        drawn.append(estimates(np.concatenate(sides, axis=1).astype(np.float64)))
    values = np.concatenate(drawn)
    low, high = np.nanquantile(values, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0])
    method = f"within {int(shared.sum())} tasks (Greenland and Robins, 1985), percentile bootstrap over units"
    if low == high:  # nobody differs from anybody: resampling cannot tell how far that is chance
        return Estimate(found, None, None, count, LEVEL, f"{method}; no interval: all resamples are the same")
    return Estimate(found, float(low), float(high), count, LEVEL, method)

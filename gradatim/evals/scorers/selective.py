"""Selective prediction: what precision is had when only the most confident are kept, and how many can be kept.

Ties are kept or left together, for a threshold cannot part them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.evals.statistics.estimate import Estimate

Reals = NDArray[np.float64]
RESAMPLES = 1000
_DRAWS = 4_000_000
"""Cases that all resamples together draw at most, unless that leaves fewer than `_FEWEST`."""
_FEWEST = 200
_CELLS = 500_000
"""Numbers that the resampling holds at once."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve.

    Attributes:
        threshold: The least confident that is kept.
        coverage: Share that is kept, in [0, 1].
        precision: Share of those that are right, with Wilson's interval.
    """

    threshold: float
    coverage: float
    precision: Estimate


def curve(probabilities: Sequence[float], right: Sequence[float], points: int = 20, level: float = 0.95) -> list[Point]:
    """Precision against coverage, from the most confident on; every threshold where there are few, else some of them.

    Args:
        right: 1 where the statement was right, else 0; as many as probabilities.
        points: At most.
    """
    from gradatim.evals.statistics import proportion

    if not len(probabilities):
        return []
    stated, kept, hits = _sweep(np.asarray(probabilities, dtype=np.float64), np.asarray(right, dtype=np.float64))
    n = len(probabilities)
    chosen = np.unique(np.linspace(0, len(kept) - 1, min(points, len(kept))).round().astype(int))
    return [
        Point(float(stated[at]), float(kept[at] / n), proportion(round(float(hits[at])), int(kept[at]), level))
        for at in chosen
    ]


def coverage_at(
    probabilities: Sequence[float],
    right: Sequence[float],
    precision: float,
    *,
    level: float = 0.95,
    resamples: int | None = None,
    seed: int = 0,
) -> Estimate:
    """The largest share that can be kept, the most confident first, with at least this precision (0 where none can).

    The interval is the percentile bootstrap over cases (Efron, 1979). The figure is a maximum over thresholds seen in
    the same cases, so it is a little too high in small samples; a threshold for use is to be fitted on other cases.

    Args:
        resamples: 1,000 when not given, and fewer of more than 4,000 cases.
    """
    n = len(probabilities)
    resamples = resamples or max(_FEWEST, min(RESAMPLES, _DRAWS // max(n, 1)))
    method = f"percentile bootstrap (Efron, 1979), {resamples} resamples"
    if n == 0:
        return Estimate(None, n=0, level=level, method="there are no cases")
    order = np.argsort(-np.asarray(probabilities, dtype=np.float64), kind="stable")
    stated = np.asarray(probabilities, dtype=np.float64)[order]
    hits = np.asarray(right, dtype=np.float64)[order]
    last = np.append(stated[1:] != stated[:-1], True)
    value = float(_largest(np.ones((1, n)), hits, last, precision)[0])
    if n < 2:
        return Estimate(value, n=n, level=level, method="no interval: there is one case only")
    draw = np.random.default_rng(seed)
    step = max(1, _CELLS // n)
    found: list[Reals] = []
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = draw.integers(0, n, size=(rows, n)) + n * np.arange(rows)[:, None]
        times = np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)
        found.append(_largest(times, hits, last, precision))
    shares = np.concatenate(found)
    if shares.min() == shares.max():  # a spread of 0 says nothing about other cases
        return Estimate(value, n=n, level=level, method="no interval: all resamples give the same")
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, min(float(low), value), max(float(high), value), n, level, method)


def _largest(times: Reals, hits: Reals, last: NDArray[np.bool_], precision: float) -> Reals:
    """Largest share kept in each row, whose cases occur so many times, at ends of ties with enough precision."""
    kept = np.cumsum(times, axis=1)[:, last]
    good = np.cumsum(times * hits, axis=1)[:, last]
    enough = (good >= precision * kept - 1e-9) & (kept > 0)
    return np.where(enough, kept, 0.0).max(axis=1) / kept[:, -1]


def _sweep(probabilities: Reals, right: Reals) -> tuple[Reals, Reals, Reals]:
    """Threshold, number kept and number right at each place where a threshold can lie."""
    order = np.argsort(-probabilities, kind="stable")
    stated, hits = probabilities[order], np.cumsum(right[order])
    last = np.append(stated[1:] != stated[:-1], True)
    return stated[last], (np.flatnonzero(last) + 1).astype(np.float64), hits[last]

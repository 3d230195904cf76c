"""Selective delivery: how precise runs are when only the most confident ones are kept (El-Yaniv and Wiener, 2010)."""

from __future__ import annotations

import numpy as np

from gradatim.evals.reports.gathering import Series
from gradatim.evals.reports.matching import Floats
from gradatim.evals.statistics.estimate import Estimate

TARGET = 0.9
"""Precision that is asked for."""
_RESAMPLES = 499


def kept_at(series: Series, precision: float = TARGET) -> Estimate:
    """The largest share of runs, most confident first, that is right with at least a precision; with the percentile
    interval of a bootstrap over examples. A maximum over thresholds is a little too high where runs are few.

    Args:
        series: With probabilities.
        precision: In [0, 1].
    """
    probabilities, right, owner, examples = _columns(series)
    if not len(probabilities):
        return Estimate(None, method="no run has a probability")
    value = _share(probabilities, right, precision)
    if examples < 2:
        return Estimate(value, n=examples, method="no interval: there is one example only")
    starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1]))  # cells are sorted by example
    sizes = np.diff(np.append(starts, len(owner)))
    rng = np.random.default_rng(0)
    found: list[float] = []
    for _ in range(_RESAMPLES):
        drawn = rng.integers(0, examples, examples)
        # all runs of the examples drawn
        size = sizes[drawn]
        within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
        chosen = np.repeat(starts[drawn], size) + within
        found.append(_share(probabilities[chosen], right[chosen], precision))
    low, high = np.quantile(found, [0.025, 0.975])
    method = f"bootstrap by example, {_RESAMPLES} resamples"
    return Estimate(value, float(low), float(high), examples, 0.95, method)


def _columns(series: Series) -> tuple[Floats, Floats, np.ndarray[tuple[int, ...], np.dtype[np.int64]], int]:
    cells = sorted(series.probabilities)
    numbers: dict[str, int] = {}
    owner = np.array([numbers.setdefault(cell.sample, len(numbers)) for cell in cells], dtype=np.int64)
    probabilities = np.array([series.probabilities[cell] for cell in cells], dtype=np.float64)
    right = np.array([series.values[cell] for cell in cells], dtype=np.float64)
    return probabilities, right, owner, len(numbers)


def _levels(probabilities: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Shares kept and their precision at each level of confidence, from the highest down."""
    order = np.argsort(-probabilities, kind="stable")
    ordered = probabilities[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    count = last + 1.0
    return count / len(ordered), np.cumsum(right[order])[last] / count


def _share(probabilities: Floats, right: Floats, precision: float) -> float:
    shares, precisions = _levels(probabilities, right)
    enough = shares[precisions >= precision - 1e-12]
    return float(enough.max()) if len(enough) else 0.0

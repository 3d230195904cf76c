"""Adjusting p-values for how many tests there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import Reals, is_number


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p-values that keep the probability of any false rejection below the level (Holm, 1979).

    The i-th smallest of m becomes the greatest of `(m − j + 1)·p_j` up to it, at most 1. (statsmodels computes the
    same, and collects garbage each time: a hundred times as long.)

    Returns:
        One for each, in the same order; `None`, where there was no test, stays so and does not count.

    Raises:
        InputError: One is not in [0, 1].
    """
    there = _there(p_values)
    order = np.argsort(there, kind="stable")
    adjusted = np.empty(len(there))
    factors = np.arange(len(there), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(there[order] * factors), 1.0)
    return _in_place(p_values, adjusted)


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p-values that keep the share of false among all rejections below the level.

    Source: Benjamini and Hochberg, "Controlling the false discovery rate" (1995); for tests that are independent or
    depend positively.

    Returns:
        One for each, in the same order; `None`, where there was no test, stays so and does not count.

    Raises:
        InputError: One is not in [0, 1].
    """
    there = _there(p_values)
    return _in_place(p_values, stats().false_discovery_control(there, method="bh") if len(there) else there)


def _there(p_values: Sequence[float | None]) -> Reals:
    found: list[float] = []
    for at, p in enumerate(p_values):
        if p is None:
            continue
        if not is_number(p) or not 0.0 <= p <= 1.0:
            raise InputError(f"is {p!r}, not in [0, 1]", place=f"p_values[{at}]", remedy="give probabilities or None")
        found.append(float(p))
    return np.array(found, dtype=float)


def _in_place(p_values: Sequence[float | None], adjusted: Reals) -> list[float | None]:
    left = iter(adjusted.tolist())
    return [None if p is None else min(1.0, float(next(left))) for p in p_values]

"""Means, and the normalised gain of a class."""

from __future__ import annotations

import math

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import (
    Values,
    check_level,
    constant,
    pair,
    quantile,
    sample,
    unknown,
    without_interval,
)


def mean(x: Values, level: float = 0.95) -> Estimate:
    """Arithmetic mean with Student's t interval, `x̄ ± t·s/√n` (Student, 1908).

    Values that are all equal give no interval: their spread of 0 says nothing about the population's.

    Raises:
        InputError: A value is no finite number.
    """
    values = sample(x)
    n = len(values)
    check_level(level)
    method = "Student's t interval (Student, 1908)"
    if n == 0:
        return unknown("there are no values", n, level)
    value = float(values.mean())
    if n == 1:
        return without_interval(value, n, level, method, "there is one value only")
    if constant(values):
        return without_interval(float(values[0]), n, level, method, "all values are equal")
    half = float(stats().t.ppf(0.5 + level / 2.0, n - 1)) * float(values.std(ddof=1)) / math.sqrt(n)
    return Estimate(value, value - half, value + half, n, level, method)


def normalised_gain(pre: Values, post: Values, maximum: float = 1.0, *, level: float = 0.95) -> Estimate:
    """Hake's average normalised gain of a class, `⟨g⟩ = (post − pre) / (maximum − pre)` (Hake, 1998).

    The interval is by the delta method for a ratio of paired means: the variance of
    `post_i − pre_i − g·(maximum − pre_i)` over `n·(maximum − mean of pre)²`.

    Args:
        pre: Score of each learner before.
        post: Score of the same learner afterwards.
        maximum: The best score there is.

    Raises:
        InputError: A score is above the maximum, or the two differ in length.
    """
    before, after = pair(pre, post, ("pre", "post"))
    check_level(level)
    method = "average normalised gain (Hake, 1998), interval by the delta method"
    n = len(before)
    if n and max(float(before.max()), float(after.max())) > maximum:
        raise InputError(f"a score is above {maximum:g}", place="pre, post", remedy="give the best score as `maximum`")
    if n == 0:
        return unknown("there are no learners", n, level)
    room = maximum - float(before.mean())
    if room <= 0.0:
        return unknown("everybody had the best score before", n, level)
    value = float((after - before).mean()) / room
    if n == 1:
        return without_interval(value, n, level, method, "there is one learner only")
    residual = after - before - value * (maximum - before)
    half = quantile(level) * float(np.std(residual, ddof=1)) / math.sqrt(n) / room
    if half == 0.0:
        return without_interval(value, n, level, method, "all learners gained the same share")
    return Estimate(value, value - half, value + half, n, level, method)

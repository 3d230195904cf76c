"""Shares, and differences of shares, by score intervals."""

from __future__ import annotations

import math

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.samples import (
    Values,
    check_count,
    check_level,
    quantile,
    same_length,
    truth_values,
    unknown,
)

UNPAIRED = "Newcombe's hybrid score interval (Newcombe, 1998, method 10, unpaired)"
PAIRED = "Newcombe's hybrid score interval (Newcombe, 1998, method 10, paired)"


def proportion(successes: int, n: int, level: float = 0.95) -> Estimate:
    """A share with its score interval (Wilson, 1927).

    Raises:
        InputError: The counts are no whole numbers, or there are more successes than cases.
    """
    _counts(successes, n, ("successes", "n"))
    check_level(level)
    if n == 0:
        return unknown("there are no cases", n, level)
    low, high = wilson(successes / n, n, quantile(level))
    return Estimate(successes / n, low, high, int(n), level, "score interval (Wilson, 1927)")


def difference_of_proportions(successes_x: int, n_x: int, successes_y: int, n_y: int, level: float = 0.95) -> Estimate:
    """Difference of the shares of two independent groups, x − y, by Newcombe's hybrid of Wilson intervals.

    Source: Newcombe, "Interval estimation for the difference between independent proportions" (1998), method 10.
    `n` of the result is the number of all cases.

    Raises:
        InputError: The counts are no whole numbers, or there are more successes than cases.
    """
    _counts(successes_x, n_x, ("successes_x", "n_x"))
    _counts(successes_y, n_y, ("successes_y", "n_y"))
    check_level(level)
    if n_x == 0 or n_y == 0:
        return unknown("a group has no cases", n_x + n_y, level)
    x, y = successes_x / n_x, successes_y / n_y
    z = quantile(level)
    (low_x, high_x), (low_y, high_y) = wilson(x, n_x, z), wilson(y, n_y, z)
    low = x - y - math.hypot(x - low_x, high_y - y)
    high = x - y + math.hypot(high_x - x, y - low_y)
    return Estimate(x - y, max(-1.0, low), min(1.0, high), int(n_x + n_y), level, UNPAIRED)


def paired_difference(a: Values, b: Values, level: float = 0.95) -> Estimate:
    """Difference of the shares of two judgements of the same cases, a − b; see `paired_difference_of_counts`.

    Raises:
        InputError: A value is neither true nor false, or the two differ in length.
    """
    first, second = truth_values(a, "a"), truth_values(b, "b")
    same_length(("a", "b"), len(first), len(second))
    both, neither = int((first & second).sum()), int((~first & ~second).sum())
    return paired_difference_of_counts(
        both, int((first & ~second).sum()), int((~first & second).sum()), neither, level=level
    )


def paired_difference_of_counts(both: int, only_a: int, only_b: int, neither: int, *, level: float = 0.95) -> Estimate:
    """Difference of paired shares from the four counts, a − b.

    Source: Newcombe, "Improved confidence intervals for the difference between binomial proportions based on paired
    data" (1998), method 10: Wilson intervals of both shares joined with the correlation φ of the table, corrected for
    continuity where φ is positive.

    Raises:
        InputError: A count is no whole number.
    """
    counts = {"both": both, "only_a": only_a, "only_b": only_b, "neither": neither}
    for name, count in counts.items():
        check_count(count, name, 0)
    check_level(level)
    n = both + only_a + only_b + neither
    if n == 0:
        return unknown("there are no cases", n, level)
    a, b = (both + only_a) / n, (both + only_b) / n
    difference = (only_a - only_b) / n
    z = quantile(level)
    (low_a, high_a), (low_b, high_b) = wilson(a, n, z), wilson(b, n, z)
    phi = _phi(both, only_a, only_b, neither)
    down = (a - low_a) ** 2 - 2.0 * phi * (a - low_a) * (high_b - b) + (high_b - b) ** 2
    up = (high_a - a) ** 2 - 2.0 * phi * (high_a - a) * (b - low_b) + (b - low_b) ** 2
    low, high = difference - math.sqrt(max(0.0, down)), difference + math.sqrt(max(0.0, up))
    return Estimate(difference, max(-1.0, low), min(1.0, high), int(n), level, PAIRED)


def wilson(share: float, count: int, z: float) -> tuple[float, float]:
    """Ends of the score interval, as in the pictures of the learner memory."""
    # imported here, for the memory takes longer to load than all figures that need no share
    from gradatim.memory.pictures import intervals

    return intervals.wilson(share, count, z)


def _phi(both: int, only_a: int, only_b: int, neither: int) -> float:
    margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither)
    if margins == 0:
        return 0.0
    n = both + only_a + only_b + neither
    product = both * neither - only_a * only_b
    if product > 0:
        product = max(product - n / 2.0, 0.0)
    return product / math.sqrt(margins)


def _counts(successes: int, n: int, names: tuple[str, str]) -> None:
    check_count(successes, names[0], 0)
    check_count(n, names[1], 0)
    if successes > n:
        raise InputError(
            f"{successes} successes in {n} cases", place=names[0], remedy="give no more successes than cases"
        )

"""Counting learners without giving single ones away.

Cells of fewer than five learners are not shown, and where the others of their row would give them away, the next
smallest is not shown either (primary and complementary suppression; Willenborg and de Waal, "Elements of Statistical
Disclosure Control", 2001).
"""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 5
"""Learners that a group has at least before anything is told of it."""


def suppressed(counts: Sequence[int]) -> tuple[int | None, ...]:
    """Counts of disjoint groups whose sum is shown, with `None` for what may not be told.

    A zero tells that nobody is there, which gives away where everybody is when all others are in one group: then only
    the sum is told.
    """
    shown: list[int | None] = [count if count >= SMALLEST or count == 0 else None for count in counts]
    if sum(count > 0 for count in counts) == 1:
        return (None,) * len(counts)
    hidden = [place for place, count in enumerate(shown) if count is None]
    if len(hidden) == 1:
        others = [(count, place) for place, count in enumerate(counts) if place != hidden[0] and count > 0]
        if others:
            shown[min(others)[1]] = None
    return tuple(shown)


def enough(learners: int) -> bool:
    """Whether something may be told of a group of so many."""
    return learners >= SMALLEST

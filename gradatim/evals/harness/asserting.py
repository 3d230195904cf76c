"""`assert_score`: that a score is as good as it has to be, with the scorer's own words where it is not."""

from __future__ import annotations

from gradatim.evals.scorers.score import Score


def assert_score(
    score: Score, *, at_least: float | None = None, at_most: float | None = None, unscored: bool = False
) -> None:
    """Assert that a score lies within bounds, which it may touch.

    Args:
        score: What a scorer gave; `True` counts as 1.
        at_least, at_most: The bounds; at least one of them.
        unscored: Whether a run that could not be judged is all right.

    Raises:
        AssertionError: It does not, or there is no score.
        TypeError: No bound was given.
    """
    __tracebackhide__ = True
    if at_least is None and at_most is None:
        raise TypeError("assert_score needs at_least or at_most")
    value = score["score"]
    if value is None:
        if not unscored:
            raise AssertionError(f"{score['key']} could not be judged: {score['comment']}")
        return
    if at_least is not None and value < at_least:
        raise AssertionError(f"{score['key']} is {value:g}, less than {at_least:g}: {score['comment']}")
    if at_most is not None and value > at_most:
        raise AssertionError(f"{score['key']} is {value:g}, more than {at_most:g}: {score['comment']}")

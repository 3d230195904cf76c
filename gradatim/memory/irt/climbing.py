"""Modes of likelihoods and posteriors of ability, by Fisher scoring for many learners at once."""

from __future__ import annotations

import numpy as np

from gradatim.memory.irt.arrays import FloatArray, ResponseArray
from gradatim.memory.irt.logistic import sigmoid

BOUND = 6.0
"""Estimates stay within ±BOUND: who answered everything correctly has no finite maximum of the likelihood."""
_STEPS = 50
_REST = 1e-8
_LONGEST = 0.5


def climb(
    start: FloatArray,
    values: ResponseArray,
    a: FloatArray,
    b: FloatArray,
    c: FloatArray,
    *,
    prior: tuple[FloatArray | float, FloatArray | float] | None = None,
    weighted: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """The mode next to a start.

    Args:
        start: (N,) abilities; near the highest mode where there may be several, as with guessing.
        values: (N, J) answers: 1, 0, or −1 for none.
        a: Discriminations, (J,) or (N, J); so too `b` and `c`.
        b: Difficulties.
        c: Probabilities of guessing.
        prior: Mean and standard deviation of a normal distribution of ability, one for all or (N,); none for the
            likelihood alone.
        weighted: Weight the likelihood by the square root of the information, which takes most of its bias away and
            keeps it finite (Warm, 1989).

    Returns:
        (N,) modes and their standard errors from the expected information. Without answers and prior the mode is 0
        and its error infinite.
    """
    seen = (values >= 0).astype(np.float64)
    correct = (values == 1).astype(np.float64)
    theta = start.copy()
    information = np.zeros_like(theta)
    mean, sd = prior if prior is not None else (0.0, np.inf)
    precision = 1.0 / np.square(sd)
    for _ in range(_STEPS):
        gradient, information = _score(theta, seen, correct, a, b, c, weighted=weighted)
        if prior is not None:
            gradient -= precision * (theta - mean)
            information += precision
        step = np.clip(gradient / np.maximum(information, 1e-9), -_LONGEST, _LONGEST)
        moved = np.clip(theta + step, -BOUND, BOUND)
        rest = float(np.abs(moved - theta).max(initial=0.0))
        theta = moved
        if rest < _REST:
            break
    if prior is None:
        unanswered = ~seen.any(axis=1)
        theta[unanswered] = 0.0
        information[unanswered] = 0.0
    with np.errstate(divide="ignore"):
        return theta, 1.0 / np.sqrt(information)


def _score(
    theta: FloatArray,
    seen: FloatArray,
    correct: FloatArray,
    a: FloatArray,
    b: FloatArray,
    c: FloatArray,
    *,
    weighted: bool,
) -> tuple[FloatArray, FloatArray]:
    """Derivative of each learner's (weighted) log-likelihood, and the expected information."""
    s = sigmoid(a * (theta[:, None] - b))
    p = np.clip(c + (1.0 - c) * s, 1e-12, 1.0 - 1e-12)
    slope = (1.0 - c) * a * s * (1.0 - s)
    weight = slope / (p * (1.0 - p))
    gradient = ((correct - seen * p) * weight).sum(axis=1)
    information = (seen * slope * weight).sum(axis=1)
    if weighted:
        # Warm (1989): J / 2I with J = Σ P′P″/(PQ)
        bend = (seen * weight * slope * a * (1.0 - 2.0 * s)).sum(axis=1)
        gradient += 0.5 * bend / np.maximum(information, 1e-12)
    return gradient, information

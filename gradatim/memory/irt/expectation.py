"""The E step: how likely each ability is for each learner, given the items as they are held to be now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.memory.irt.arrays import FloatArray, ResponseArray
from gradatim.memory.irt.quadrature import Quadrature

_ROWS = 4096
"""Learners at a time: bounds the memory that posteriors take."""
_KEPT_CELLS = 20_000_000
"""Responses that are kept as floating-point numbers between iterations; more are turned into them block by block."""
_FEW_ITEMS = 20
"""Up to here learners with the same answers are counted instead of repeated."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some learners' answers, ready for matrix products."""

    correct: FloatArray
    """(N, J): 1 where correct, else 0."""
    seen: FloatArray | None
    """(N, J): 1 where answered, else 0; `None` when everything was."""
    counts: FloatArray | None
    """(N,): how many learners answered so; `None` for one each."""


class Answers:
    """Responses cut into blocks.

    Args:
        values: Shape (N, J): 1, 0 or −1.

    Attributes:
        items: J.
        longest: Answers of the learner who gave most.
    """

    def __init__(self, values: ResponseArray) -> None:
        counts: NDArray[np.int64] | None = None
        if values.shape[1] <= _FEW_ITEMS and values.shape[0] > 256:
            distinct, repeats = np.unique(values, axis=0, return_counts=True)
            if len(distinct) * 2 <= len(values):
                values, counts = distinct, repeats.astype(np.int64)
        self.items = values.shape[1]
        self.longest = int((values >= 0).sum(axis=1).max(initial=0))
        self._values = values
        self._counts = counts
        self._complete = bool((values >= 0).all())
        self._kept = list(self._make()) if values.size <= _KEPT_CELLS else None

    def __iter__(self) -> Iterator[Block]:
        return iter(self._kept) if self._kept is not None else self._make()

    def _make(self) -> Iterator[Block]:
        for start in range(0, len(self._values), _ROWS):
            rows = self._values[start : start + _ROWS]
            yield Block(
                (rows == 1).astype(np.float64),
                None if self._complete else (rows >= 0).astype(np.float64),
                None if self._counts is None else self._counts[start : start + _ROWS].astype(np.float64),
            )


@dataclass(frozen=True, slots=True)
class Expected:
    """What the E step hands to the M step."""

    correct: FloatArray
    """(J, Q): learners expected at each ability who answered the item correctly."""
    seen: FloatArray
    """(J, Q) or (1, Q): learners expected at each ability who answered it."""
    mass: FloatArray
    """(Q,): learners expected at each ability."""
    log_likelihood: float
    """Marginal, of all answers."""


def posterior(block: Block, right: FloatArray, wrong: FloatArray, population: Quadrature) -> tuple[FloatArray, float]:
    """Posterior over abilities of each learner, and the marginal log-likelihood of the block.

    Args:
        block: N learners.
        right: `log P`, shape (J, Q).
        wrong: `log (1 − P)`, shape (J, Q).
        population: Q points.

    Returns:
        Shape (N, Q), each row summing to 1 (to its count where learners are counted); and the log-likelihood.
    """
    joint = block.correct @ (right - wrong)
    joint += wrong.sum(axis=0) if block.seen is None else block.seen @ wrong
    with np.errstate(divide="ignore"):  # a point without weight
        joint += np.log(population.weights)
    highest = joint.max(axis=1, keepdims=True)
    joint -= highest
    np.exp(joint, out=joint)
    total = joint.sum(axis=1, keepdims=True)
    each = np.log(total[:, 0]) + highest[:, 0]
    if block.counts is None:
        joint /= total
        return joint, float(each.sum())
    joint *= block.counts[:, None] / total
    return joint, float(each @ block.counts)


def expectation(answers: Answers, right: FloatArray, wrong: FloatArray, population: Quadrature) -> Expected:
    """Expected numbers of learners at each ability (Bock and Aitkin, 1981); arguments as of `posterior`."""
    points = len(population.points)
    correct = np.zeros((answers.items, points))
    mass = np.zeros(points)
    seen: FloatArray | None = None
    log_likelihood = 0.0
    for block in answers:
        weights, likelihood = posterior(block, right, wrong, population)
        log_likelihood += likelihood
        correct += block.correct.T @ weights
        mass += weights.sum(axis=0)
        if block.seen is not None:
            part = block.seen.T @ weights
            seen = part if seen is None else seen + part
    return Expected(correct, mass[None, :] if seen is None else seen, mass, log_likelihood)

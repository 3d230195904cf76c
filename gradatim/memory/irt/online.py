"""Ability that follows a learner answer by answer, in microseconds.

The belief about ability is kept as a normal distribution. After each answer it is replaced by the normal
distribution with the mean and variance of the true posterior (assumed-density filtering; Opper, 1998). For items
without guessing the likelihood is log-concave, so that an answer never makes the belief wider.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradatim.memory.irt.logistic import probability_at

_POINTS = 11
_nodes, _weights = np.polynomial.hermite_e.hermegauss(_POINTS)
_RULE = tuple(zip(_nodes.tolist(), (_weights / _weights.sum()).tolist(), strict=True))
"""Gauss–Hermite nodes and weights of the standard normal distribution, as plain numbers."""
_SMALLEST = 1e-6


@dataclass(slots=True)
class OnlineAbility:
    """What is believed of one learner's ability."""

    mean: float = 0.0
    variance: float = 1.0
    answers: int = 0
    """Taken in so far."""

    @property
    def se(self) -> float:
        """Standard error: the posterior standard deviation."""
        return math.sqrt(self.variance)

    def predict(self, a: float, b: float, c: float = 0.0) -> float:
        """Probability that the next answer to this item is correct, averaged over what ability may be."""
        sd = math.sqrt(self.variance)
        return sum(weight * probability_at(self.mean + sd * node, a, b, c) for node, weight in _RULE)

    def update(self, correct: bool, a: float, b: float, c: float = 0.0) -> float:
        """Take in an answer.

        Args:
            correct: Whether it was correct.
            a: Discrimination of the item.
            b: Its difficulty.
            c: Its probability of guessing.

        Returns:
            The probability that the answer had before it was seen.
        """
        mean, sd = self.mean, math.sqrt(self.variance)
        total = first = second = 0.0
        for node, weight in _RULE:
            z = a * (mean + sd * node - b)
            s = 1.0 / (1.0 + math.exp(-z)) if z > -700.0 else 0.0
            p = c + (1.0 - c) * s
            share = weight * (p if correct else 1.0 - p)
            total += share
            first += share * node
            second += share * node * node
        self.answers += 1
        if total > 0.0:
            shift = first / total
            self.mean = mean + sd * shift
            self.variance = max(self.variance * (second / total - shift * shift), _SMALLEST)
        return total

    def wait(self, variance: float) -> None:
        """Let ability drift: between two sittings it may have changed by a random amount of this variance."""
        if not variance >= 0.0:
            raise ValueError(f"a variance cannot be {variance!r}")
        self.variance += variance

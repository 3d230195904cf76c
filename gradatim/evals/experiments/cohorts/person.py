"""A learner of a design, who gets what, and a test with chance in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradatim.domain import stable_id


@dataclass(frozen=True, slots=True)
class Person:
    """One simulated learner, tested before and after.

    Attributes:
        id: `learner-017`.
        arm: Name of the variant whose treatment was had.
        pre, post: Share of the items solved, in [0, 1].
        expected: Arm → the share that would be expected afterwards: both potential outcomes, of which one happened.
        detail: What else is known, e.g. the conversation.
    """

    id: str
    arm: str
    pre: float
    post: float
    expected: Mapping[str, float]
    detail: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def outputs(self) -> dict[str, Any]:
        """As the outputs of a trace."""
        return {"pre": self.pre, "post": self.post, "expected": dict(self.expected), **self.detail}


def assigned(number: int, arms: Sequence[str], seed: int) -> list[str]:
    """An arm for each learner: half of them each (the first has one more where they are odd), by lot.

    Complete randomisation, so that the groups are of the same size.
    """
    given = [arms[place % len(arms)] for place in range(number)]
    np.random.default_rng((seed, 17)).shuffle(given)
    return given


def name_of(place: int) -> str:
    """Id of the learner at a place, from 0."""
    return f"learner-{place + 1:04d}"


def score_of(probabilities: Sequence[float] | np.ndarray, chance: np.random.Generator) -> float:
    """Share of items solved in a test.

    Args:
        probabilities: Of solving each item.
    """
    drawn = chance.random(len(probabilities)) < np.asarray(probabilities, dtype=float)
    return float(drawn.mean())


def chance_of(seed: int, place: int, what: str) -> np.random.Generator:
    """Chance of one learner for one purpose: the same whatever happens to the others."""
    return np.random.default_rng((seed, place, int(stable_id(what, length=8), 16)))

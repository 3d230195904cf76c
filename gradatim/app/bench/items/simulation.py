"""Answers of simulated learners to items, and the difficulties that these show."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.app.bench.items.learners import World, population
from gradatim.app.bench.items.solving import solve
from gradatim.tools.items.calibration import estimate
from gradatim.tools.items.item import Item

Floats = NDArray[np.float64]
_WIDE = 3.0


@dataclass(frozen=True, slots=True)
class Observed:
    """What simulated learners showed of some items.

    Attributes:
        b: Difficulty of each item by item response theory (2PL), logits.
        errors: Standard errors of these.
        a: Discrimination of each.
        right: Share of right answers to each item.
    """

    b: Floats
    errors: Floats
    a: Floats
    right: Floats


def observe(items: Sequence[Item], learners: int, seed: int, *, told: Callable[[int], None] | None = None) -> Observed:
    """Let every learner work on every item once.

    Args:
        items: At least three.
        learners: How many; their abilities are spread like a standard normal distribution.
        seed: Of the world, of the learners and of their attempts.
        told: Is told how many items are done.
    """
    people = population(World.of(seed), learners, seed)
    values = np.zeros((learners, len(items)))
    for column, item in enumerate(items):
        rng = random.Random(f"{seed} {item.id}")
        values[:, column] = [solve(item, person, rng) for person in people]
        if told is not None:
            told(column + 1)
    # nothing is known of the items beforehand: priors so wide that only the answers speak
    count = len(items)
    found = estimate(values, np.zeros(count), np.full(count, _WIDE), np.ones(count))
    return Observed(found.b, found.errors, found.a, values.mean(axis=0))

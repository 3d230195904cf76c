"""Responses drawn from known items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.memory.irt import ItemBank, Responses
from gradatim.memory.irt.arrays import FloatArray


@dataclass(frozen=True)
class Drawn:
    bank: ItemBank
    theta: FloatArray
    matrix: FloatArray

    @property
    def responses(self) -> Responses:
        return Responses.of(self.matrix)


def draw(learners: int, items: int, seed: int, *, guessing: bool = False, common_a: float | None = None) -> Drawn:
    rng = np.random.default_rng(seed)
    a = rng.lognormal(0.0, 0.3, items) if common_a is None else np.full(items, common_a)
    b = rng.normal(0.0, 1.0, items)
    c = rng.beta(5.0, 17.0, items) if guessing else np.zeros(items)
    theta = rng.normal(0.0, 1.0, learners)
    bank = ItemBank.from_arrays(a, b, c)
    matrix = (rng.random((learners, items)) < bank.probability(theta)).astype(np.float64)
    return Drawn(bank, theta, matrix)


def rmse(found: FloatArray, true: FloatArray) -> float:
    return float(np.sqrt(np.mean((found - true) ** 2)))

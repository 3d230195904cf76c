"""Beginnings that know nothing of the single examinee."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.initialisation.base import Start


@dataclass(frozen=True, slots=True)
class FixedAbility:
    """The same ability for everybody: the mean of a population of this standard deviation."""

    theta: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.theta) and np.isfinite(self.sd) and self.sd > 0.0):
            raise InputError(
                f"ability {self.theta} with standard deviation {self.sd}",
                place="initialisation",
                remedy="give a number and a positive number",
            )

    def start(self, examinees: int, rng: np.random.Generator) -> Start:
        theta = np.full(examinees, self.theta)
        return Start(theta, theta, np.full(examinees, self.sd))


@dataclass(frozen=True, slots=True)
class RandomAbility:
    """First items for abilities drawn evenly between two bounds, so that not everybody meets the same one."""

    low: float = -1.0
    high: float = 1.0
    mean: float = 0.0
    sd: float = 1.0

    def __post_init__(self) -> None:
        if not (self.low <= self.high and np.isfinite(self.high - self.low) and self.sd > 0.0):
            raise InputError(
                f"abilities between {self.low} and {self.high} with standard deviation {self.sd}",
                place="initialisation",
                remedy="give bounds in order and a positive number",
            )

    def start(self, examinees: int, rng: np.random.Generator) -> Start:
        return Start(
            rng.uniform(self.low, self.high, examinees),
            np.full(examinees, self.mean),
            np.full(examinees, self.sd),
        )

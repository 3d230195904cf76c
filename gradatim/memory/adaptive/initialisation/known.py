"""A beginning from what the learner memory knows already."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.initialisation.base import Start


class Believed(Protocol):
    """A normal distribution of what an ability may be: `gradatim.memory.ability.Ability`, whether it comes from single
    answers or over the bridge from mastery of concepts (`gradatim.memory.bridge`), or `OnlineAbility`."""

    @property
    def mean(self) -> float: ...

    @property
    def variance(self) -> float: ...


@dataclass(frozen=True, slots=True)
class KnownAbility:
    """Abilities as they are known, with their standard errors: the first items suit them, and estimates that use a
    prior go on from there."""

    means: tuple[float, ...]
    """One an examinee."""
    sds: tuple[float, ...]
    """Their standard errors, positive."""

    def __post_init__(self) -> None:
        fine = all(map(math.isfinite, self.means)) and all(0.0 < sd < math.inf for sd in self.sds)
        if len(self.means) != len(self.sds) or not fine:
            raise InputError(
                f"{len(self.means)} abilities with {len(self.sds)} errors",
                place="initialisation",
                remedy="give numbers, and one positive error for each ability",
            )

    @classmethod
    def of(cls, *abilities: Believed) -> Self:
        """Begin with what is believed of each examinee."""
        return cls(tuple(each.mean for each in abilities), tuple(math.sqrt(each.variance) for each in abilities))

    def start(self, examinees: int, rng: np.random.Generator) -> Start:
        if examinees != len(self.means):
            raise InputError(
                f"{len(self.means)} abilities for {examinees} examinees",
                place="initialisation",
                remedy="give one for each",
            )
        mean = np.array(self.means, dtype=np.float64)
        return Start(mean, mean, np.array(self.sds, dtype=np.float64))

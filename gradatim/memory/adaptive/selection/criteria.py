"""Criteria by which the best item is the next one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from gradatim.memory.adaptive.selection.base import best
from gradatim.memory.adaptive.sittings import POINTS, Sittings
from gradatim.memory.irt.arrays import BoolArray, FloatArray, IntArray


class _Best(ABC):
    """Chooses the item with the highest score."""

    __slots__ = ()

    @abstractmethod
    def scores(self, sittings: Sittings, rows: IntArray) -> FloatArray: ...

    def choose(self, sittings: Sittings, rows: IntArray, allowed: BoolArray) -> IntArray:
        return best(self.scores(sittings, rows), allowed)


@dataclass(frozen=True, slots=True)
class MaximumInformation(_Best):
    """The item that tells most about an examinee of the estimated ability (Lord, 1980)."""

    def scores(self, sittings: Sittings, rows: IntArray) -> FloatArray:
        return sittings.bank.information(sittings.theta[rows])


@dataclass(frozen=True, slots=True)
class PosteriorInformation(_Best):
    """The item that tells most on average over what ability may be (van der Linden, 1998): early in a test better
    than trusting one estimate."""

    def scores(self, sittings: Sittings, rows: IntArray) -> FloatArray:
        return sittings.posterior(rows) @ sittings.bank.information(POINTS)


@dataclass(frozen=True, slots=True)
class NearestDifficulty(_Best):
    """The item whose difficulty is nearest to the estimated ability (Urry, 1970)."""

    def scores(self, sittings: Sittings, rows: IntArray) -> FloatArray:
        return -np.abs(sittings.bank.b - sittings.theta[rows, None])


@dataclass(frozen=True, slots=True)
class RandomItem(_Best):
    """Any item, all equally likely: the test is not adaptive."""

    def scores(self, sittings: Sittings, rows: IntArray) -> FloatArray:
        return sittings.rng.random((len(rows), len(sittings.bank)))


@dataclass(frozen=True, slots=True)
class Progressive(_Best):
    """From chance to information (Revuelta and Ponsoda, 1998): `(1 − t/L)·R + (t/L)·I` after t of L items, R drawn
    between 0 and the most that any item tells. Early estimates are weak, so that little is lost by exposing less."""

    length: int = 20
    """L: items of the whole test."""

    def scores(self, sittings: Sittings, rows: IntArray) -> FloatArray:
        information = sittings.bank.information(sittings.theta[rows])
        most = np.max(information, axis=1, initial=0.0, where=sittings.available[rows], keepdims=True)
        share = np.minimum(sittings.length[rows] / max(self.length - 1, 1), 1.0)[:, None]
        return (1.0 - share) * sittings.rng.random(information.shape) * most + share * information

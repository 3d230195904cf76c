"""Stopping rules, alone and together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.adaptive.stopping.base import Stopping
from gradatim.memory.irt.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True)
class MaximumItems:
    """After so many items."""

    items: int = 20

    def __post_init__(self) -> None:
        if self.items < 1:
            raise InputError(f"a test of {self.items} items", place="stopping", remedy="give at least 1")

    def stopped(self, sittings: Sittings, rows: IntArray) -> BoolArray:
        return sittings.length[rows] >= self.items


@dataclass(frozen=True, slots=True)
class MinimumError:
    """When the standard error is small enough, but not before a few items."""

    se: float = 0.3
    least: int = 3
    """Items that everybody answers."""

    def __post_init__(self) -> None:
        if not self.se > 0.0:
            raise InputError(f"a standard error of {self.se}", place="stopping", remedy="give a positive number")

    def stopped(self, sittings: Sittings, rows: IntArray) -> BoolArray:
        return (sittings.se[rows] <= self.se) & (sittings.length[rows] >= self.least)


@dataclass(frozen=True, slots=True)
class InformationExhausted:
    """When no item is left that would tell something about an examinee of the estimated ability."""

    least: float = 0.1
    """Information that the best item left must give."""

    def stopped(self, sittings: Sittings, rows: IntArray) -> BoolArray:
        information = sittings.bank.information(sittings.theta[rows])
        return np.max(information, axis=1, initial=0.0, where=sittings.available[rows]) < self.least


@dataclass(frozen=True, slots=True)
class Either:
    """When any of these rules holds."""

    rules: tuple[Stopping, ...]

    def stopped(self, sittings: Sittings, rows: IntArray) -> BoolArray:
        over = np.zeros(len(rows), dtype=np.bool_)
        for rule in self.rules:
            over |= rule.stopped(sittings, rows)
        return over


@dataclass(frozen=True, slots=True)
class Both:
    """When all of these rules hold."""

    rules: tuple[Stopping, ...]

    def __post_init__(self) -> None:
        if not self.rules:
            raise InputError("no rule", place="stopping", remedy="give at least one")

    def stopped(self, sittings: Sittings, rows: IntArray) -> BoolArray:
        over = np.ones(len(rows), dtype=np.bool_)
        for rule in self.rules:
            over &= rule.stopped(sittings, rows)
        return over

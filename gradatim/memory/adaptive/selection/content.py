"""Choices that give every area of content its share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.selection.base import Criterion, Selection, best
from gradatim.memory.adaptive.selection.criteria import MaximumInformation
from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.irt.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class ContentBalanced:
    """Constrained adaptive testing of Kingsbury and Zara (1989): the next item comes from the area that lies farthest
    behind its share."""

    targets: Mapping[str, float]
    """Share of each area in the test; they are scaled to 1. Areas that are not named are not used while another one
    has items."""
    selection: Selection = field(default_factory=MaximumInformation)

    def __post_init__(self) -> None:
        _check_shares(self.targets)

    def choose(self, sittings: Sittings, rows: IntArray, allowed: BoolArray) -> IntArray:
        _check_areas(self.targets, sittings)
        total = sum(self.targets.values())
        targets = np.array([self.targets.get(name, 0.0) / total for name in sittings.areas])
        # Behind by how many items once the next one is in: what a share of the test so far would have been.
        behind = targets * (sittings.length[rows, None] + 1) - sittings.counts[rows]
        behind = np.where(targets > 0.0, behind, -1e9)
        has = np.zeros(behind.shape, dtype=np.bool_)
        for area in range(len(sittings.areas)):
            has[:, area] = allowed[:, sittings.area == area].any(axis=1)
        wanted = best(behind, has)
        return self.selection.choose(sittings, rows, allowed & (sittings.area == wanted[:, None]))


@dataclass(frozen=True, slots=True)
class WeightedDeviations:
    """The weighted deviations model of Swanson and Stocking (1993): the next item is the one after which the test would
    break its bounds least, information being one wish among others.

    A test of `length` items is projected from the items so far, the candidate, and average items of the bank for the
    rest. What an area then lacks of its lower bound, or has beyond its upper bound, counts against the candidate.
    """

    bounds: Mapping[str, tuple[int, int]]
    """Least and most items of an area in the whole test."""
    length: int
    """Items of the whole test."""
    weight: float = 1.0
    """What one item too few or too many counts, in shares of the best item's information."""
    criterion: Criterion = field(default_factory=MaximumInformation)

    def __post_init__(self) -> None:
        for area, (least, most) in self.bounds.items():
            if not 0 <= least <= most:
                raise InputError(f"bounds {least} to {most}", place=f"area {area!r}", remedy="give 0 ≤ least ≤ most")
        if sum(least for least, _ in self.bounds.values()) > self.length:
            raise InputError(
                f"the areas need more than {self.length} items", place="bounds", remedy="lower them or test longer"
            )

    def choose(self, sittings: Sittings, rows: IntArray, allowed: BoolArray) -> IntArray:
        _check_areas(self.bounds, sittings)
        scores = self.criterion.scores(sittings, rows)
        most = np.max(np.abs(scores), axis=1, initial=1e-12, where=allowed, keepdims=True)
        penalty = self._deviations(sittings, rows)[:, sittings.area]
        return best(scores / most - self.weight * penalty, allowed)

    def _deviations(self, sittings: Sittings, rows: IntArray) -> FloatArray:
        """(R, C): items by which the projected test breaks its bounds if the next item comes from an area."""
        pool = np.bincount(sittings.area, minlength=len(sittings.areas)) / len(sittings.area)
        least = np.array([self.bounds.get(name, (0, 0))[0] for name in sittings.areas], dtype=np.float64)
        most = np.array([self.bounds.get(name, (0, math.inf))[1] for name in sittings.areas], dtype=np.float64)
        left = np.maximum(self.length - sittings.length[rows] - 1, 0)[:, None]
        counts = sittings.counts[rows]
        total = np.empty(counts.shape)
        for area in range(len(sittings.areas)):
            now = counts.astype(np.float64)
            now[:, area] += 1.0
            projected = now + left * pool
            # What is there already cannot be taken back; what is lacking may still come.
            total[:, area] = (np.maximum(least - projected, 0.0) + np.maximum(projected - most, 0.0)).sum(axis=1)
        return total


def _check_shares(targets: Mapping[str, float]) -> None:
    total = sum(targets.values())
    if not all(0.0 <= share < math.inf for share in targets.values()) or not total > 0.0:
        raise InputError(
            "the shares of areas", place="targets", remedy="give at least one positive share, none negative"
        )


def _check_areas(named: Mapping[str, object], sittings: Sittings) -> None:
    unknown = [name for name in named if name not in sittings.areas]
    if unknown:
        raise InputError(
            "no item has this content", place=f"area {unknown[0]!r}", remedy=f"name one of {', '.join(sittings.areas)}"
        )

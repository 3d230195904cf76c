"""Choices that keep single items from being shown to everybody."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.selection.base import Criterion, Selection
from gradatim.memory.adaptive.selection.criteria import MaximumInformation
from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.irt.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Randomesque:
    """One of the few best items, each of them equally likely (Kingsbury and Zara, 1989)."""

    count: int = 5
    criterion: Criterion = field(default_factory=MaximumInformation)

    def __post_init__(self) -> None:
        if self.count < 1:
            raise InputError(f"one of the {self.count} best", place="selection", remedy="choose among at least 1")

    def choose(self, sittings: Sittings, rows: IntArray, allowed: BoolArray) -> IntArray:
        scores = np.where(allowed, self.criterion.scores(sittings, rows), -np.inf)
        count = min(self.count, scores.shape[1])
        few = np.argpartition(scores, -count, axis=1)[:, -count:]
        among = np.take_along_axis(scores, few, axis=1)
        drawn = np.where(np.isfinite(among), sittings.rng.random(among.shape), -1.0)
        return np.take_along_axis(few, np.argmax(drawn, axis=1)[:, None], axis=1)[:, 0]


@dataclass(frozen=True, slots=True)
class SympsonHetter:
    """Exposure control of Sympson and Hetter (1985): an item that was chosen is shown with its own probability, else
    it is set aside for this examinee and the next best is tried.

    `gradatim.memory.adaptive.exposure.control_exposure` finds the probabilities that keep every item's exposure below a
    limit.
    """

    show: FloatArray
    """(J,) probability that an item is shown when it is chosen, in [0, 1]."""
    selection: Selection = field(default_factory=MaximumInformation)

    def __post_init__(self) -> None:
        if self.show.ndim != 1 or not ((self.show >= 0.0) & (self.show <= 1.0)).all():
            raise InputError("a probability of showing an item is outside [0, 1]", place="selection")

    def choose(self, sittings: Sittings, rows: IntArray, allowed: BoolArray) -> IntArray:
        if len(self.show) != len(sittings.bank):
            raise InputError(f"{len(self.show)} probabilities for {len(sittings.bank)} items", place="selection")
        shown = allowed & (sittings.luck[rows] < self.show)
        # A bank may run dry of items that chance admits: then what is left is used.
        dry = ~shown.any(axis=1)
        shown[dry] = allowed[dry]
        return self.selection.choose(sittings, rows, shown)

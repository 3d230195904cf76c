"""The next item."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.irt.arrays import BoolArray, FloatArray, IntArray


class Selection(Protocol):
    """A way to choose the next item."""

    def choose(self, sittings: Sittings, rows: IntArray, allowed: BoolArray) -> IntArray:
        """The next item of each of these examinees.

        Args:
            sittings: All tests under way.
            rows: (R,) examinees.
            allowed: (R, J) items that may be chosen, at least one in each row.

        Returns:
            (R,) positions in the bank, all of them allowed.
        """
        ...


class Criterion(Protocol):
    """How good each item would be next."""

    def scores(self, sittings: Sittings, rows: IntArray) -> FloatArray:
        """(R, J): higher is better."""
        ...


def best(scores: FloatArray, allowed: BoolArray) -> IntArray:
    """The allowed item with the highest score in each row; the first among equals."""
    return np.argmax(np.where(allowed, scores, -np.inf), axis=1)

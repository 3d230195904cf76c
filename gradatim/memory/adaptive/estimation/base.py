"""Ability from the answers so far."""

from __future__ import annotations

from typing import Protocol

from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.irt.arrays import FloatArray, IntArray


class Estimation(Protocol):
    """A way to estimate ability."""

    def estimate(self, sittings: Sittings, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Abilities of these examinees after their latest answer, and standard errors: (R,) each, finite."""
        ...

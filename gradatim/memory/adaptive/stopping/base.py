"""When a test has told enough."""

from __future__ import annotations

from typing import Protocol

from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.irt.arrays import BoolArray, IntArray


class Stopping(Protocol):
    """A rule by which tests end. A test without any item left ends whatever the rule."""

    def stopped(self, sittings: Sittings, rows: IntArray) -> BoolArray:
        """(R,) whether the tests of these examinees are over."""
        ...

"""What is held of examinees before the first answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from gradatim.memory.irt.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class Start:
    """Where the tests of N examinees begin."""

    theta: FloatArray
    """(N,) the abilities that the first items are chosen for."""
    mean: FloatArray
    """(N,) mean of the distribution that ability comes from."""
    sd: FloatArray
    """(N,) its standard deviation, positive."""


class Initialisation(Protocol):
    """A way to begin."""

    def start(self, examinees: int, rng: np.random.Generator) -> Start:
        """The start of so many examinees."""
        ...

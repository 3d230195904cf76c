"""A learner's luck: drawn by seed, turn and purpose, so that it is the same with every tutor."""

from __future__ import annotations

import random


class Luck:
    """Chance for one learner.

    Args:
        seed: The learner's.

    Attributes:
        turn: The turn that is drawn for; 0 before the first.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.turn = 0

    def of(self, purpose: str) -> random.Random:
        """Luck for one purpose in this turn: it does not depend on what else is drawn."""
        return random.Random(f"{self._seed}:{self.turn}:{purpose}")

    def roll(self, purpose: str) -> float:
        """A number from [0, 1) for one purpose in this turn."""
        return self.of(purpose).random()

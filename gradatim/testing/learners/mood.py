"""How a learner feels: what failures and useless texts do, and what helps."""

from __future__ import annotations

from gradatim.testing.learners.parameters import Parameters, Traits

_LONG = 120
"""Words from which a text is tiring."""


class Mood:
    """Frustration and patience of one learner.

    Args:
        parameters: What adds to frustration and takes from it.
        traits: How much patience there is.
    """

    def __init__(self, parameters: Parameters, traits: Traits) -> None:
        self._parameters = parameters
        self._traits = traits
        self._strain = 0
        self.frustration = 0.1

    @property
    def openness(self) -> float:
        """Factor on attention, in (0, 1]: frustration takes up to four tenths of it."""
        return 1.0 - 0.4 * self.frustration

    @property
    def begs(self) -> bool:
        """Whether the answer is wanted now, whatever the question was."""
        return self._strain >= self._traits.patience

    def heard(self, useful: int, encouraged: bool, words: int) -> None:
        """A text was read that gave `useful` things to act on."""
        if useful:
            self._strain = max(0, self._strain - 1)
            self.relieved()
        else:
            self._strain += 1
            self._more(self._parameters.frustration / 2)
        if encouraged:
            self.relieved()
        if words > _LONG:
            self._more(self._parameters.frustration / 2)

    def begged(self) -> None:
        """The answer was asked for: that lets off steam."""
        self._strain = max(0, self._strain - 2)

    def failed(self) -> None:
        """A change did not help."""
        self._strain += 1
        self._more(self._parameters.frustration)

    def relieved(self) -> None:
        """Something was understood, or kind words were said."""
        self.frustration = max(0.0, self.frustration - self._parameters.relief)

    def _more(self, amount: float) -> None:
        self.frustration = min(1.0, self.frustration + amount)

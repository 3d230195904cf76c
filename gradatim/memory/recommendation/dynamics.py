"""How mastery changes with practice, as a planner believes: knowledge tracing with prerequisites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation.course import Course, Flags

Choices = NDArray[np.intp]

_MOST = 1.0 - 1e-4
"""Beliefs are kept this far from certainty: whoever masters everything may still have forgotten."""


@dataclass(frozen=True, slots=True, eq=False)
class Dynamics:
    """Bayesian knowledge tracing of many learners at once, in which lacking prerequisites slow learning down.

    Practising concept c teaches it with probability T·R, where T is its learning rate and the readiness
    R = Π (1 − (1 − m_p)(1 − g))^w over its prerequisites p with mastery m_p and weight w: 1 when all are mastered,
    about g for each that is not. Concepts that are not practised fade by `fading` a step.
    """

    course: Course
    gate: float = 0.3
    """g: share of the learning rate that is left when one prerequisite is lacking."""
    fading: float = 0.001
    """Probability that a mastered concept is lost during one practice of another."""

    def readiness(self, mastery: Floats) -> Floats:
        """R of every concept: shape (learners, concepts), in (0, 1]."""
        open_share = np.log(1.0 - (1.0 - mastery) * (1.0 - self.gate))
        return np.exp(open_share @ self.course.needs.T)

    def observed(self, mastery: Floats, chosen: Choices, correct: Flags) -> Floats:
        """Beliefs after each learner practised one concept.

        Args:
            mastery: Beliefs before: shape (learners, concepts).
            chosen: Place of the concept that each practised: shape (learners,).
            correct: How it came out: shape (learners,).
        """
        course, rows = self.course, np.arange(len(mastery))
        before = mastery[rows, chosen]
        slip, guess = course.slip[chosen], course.guess[chosen]
        mastered = np.where(correct, 1.0 - slip, slip)
        unmastered = np.where(correct, guess, 1.0 - guess)
        joint = before * mastered
        after = joint / np.maximum(joint + (1.0 - before) * unmastered, 1e-300)
        return self._moved(mastery, chosen, after)

    def practised(self, mastery: Floats, chosen: Choices, readiness: Floats | None = None) -> Floats:
        """Mean of the beliefs after one practice whose outcome is not known yet.

        Args:
            mastery: As `observed`.
            chosen: As `observed`.
            readiness: Of these beliefs, where it is known already.
        """
        return self._moved(mastery, chosen, mastery[np.arange(len(mastery)), chosen], readiness)

    def _moved(self, mastery: Floats, chosen: Choices, after: Floats, readiness: Floats | None = None) -> Floats:
        rows = np.arange(len(mastery))
        course = self.course
        if readiness is None:
            open_share = np.log(1.0 - (1.0 - mastery) * (1.0 - self.gate))
            ready = np.exp(np.einsum("nc,nc->n", open_share, course.needs[chosen]))
        else:
            ready = readiness[rows, chosen]
        following = mastery * (1.0 - self.fading)
        following[rows, chosen] = np.minimum(
            _MOST, after * (1.0 - course.forget[chosen]) + (1.0 - after) * course.learn[chosen] * ready
        )
        return following

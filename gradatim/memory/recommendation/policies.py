"""Ways of choosing what to practise next, for many learners at once: the ones that a planner is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation.course import Flags
from gradatim.memory.recommendation.dynamics import Choices, Dynamics

READY = 0.7
"""Mastery from which a prerequisite counts as met."""
CAUTIOUS = 0.85
"""Mastery of prerequisites from which a planner that looks ahead moves on: belief is not certainty, and what is built
on a prerequisite that is lacking after all is learnt slowly."""
MASTERED = 0.95
"""Mastery from which practice ends, as in mastery learning (Corbett and Anderson, 1995)."""


@dataclass(frozen=True, slots=True, eq=False)
class Situation:
    """What is known when the next concept is chosen."""

    mastery: Floats
    """Beliefs: shape (learners, concepts)."""
    counts: Floats
    """How often each concept was practised: shape (learners, concepts)."""
    remaining: int
    """Practices that are left, this one included."""
    allowed: Flags
    """Concepts that may be chosen at all: shape (concepts,)."""


class Policy(Protocol):
    """Chooses a concept for each learner."""

    def choose(self, situation: Situation, chance: np.random.Generator) -> Choices:
        """Places of the concepts chosen: shape (learners,)."""
        ...


@dataclass(frozen=True, slots=True)
class RandomReady:
    """Any concept whose prerequisites are met and that is not mastered; any that is met when all are."""

    dynamics: Dynamics
    ready: float = READY

    def choose(self, situation: Situation, chance: np.random.Generator) -> Choices:
        met = self.dynamics.course.ready(situation.mastery, self.ready) & situation.allowed
        open_now = met & (situation.mastery < MASTERED)
        wanted = np.where(open_now.any(axis=1, keepdims=True), open_now, met)
        return best(chance.random(wanted.shape), wanted, chance)


@dataclass(frozen=True, slots=True)
class Greedy:
    """The concept whose mastery the next practice is expected to raise most, among those that are ready."""

    dynamics: Dynamics
    ready: float = READY

    def choose(self, situation: Situation, chance: np.random.Generator) -> Choices:
        mastery, course = situation.mastery, self.dynamics.course
        gain = (1.0 - mastery) * course.learn * self.dynamics.readiness(mastery) - mastery * course.forget
        return best(gain, course.ready(mastery, self.ready) & situation.allowed, chance)


@dataclass(frozen=True, slots=True)
class Syllabus:
    """The order of the course: each concept until it is believed mastered, then the weakest again."""

    mastered: float = MASTERED

    def choose(self, situation: Situation, chance: np.random.Generator) -> Choices:
        return _in_order(situation, situation.mastery < self.mastered, chance)


@dataclass(frozen=True, slots=True)
class FixedSyllabus:
    """The order of the course, the same number of practices for everybody and every concept; then the weakest."""

    practices: int = field(default=4)

    def choose(self, situation: Situation, chance: np.random.Generator) -> Choices:
        return _in_order(situation, situation.counts < self.practices, chance)


def best(score: Floats, allowed: Flags, chance: np.random.Generator) -> Choices:
    """The place of the highest score among those allowed, in each row; ties at random.

    A row in which nothing is allowed is decided among all places.
    """
    ties = 1e-12 * chance.random(score.shape)
    open_rows = allowed | ~allowed.any(axis=1, keepdims=True)
    return np.where(open_rows, score + ties, -np.inf).argmax(axis=1)


def _in_order(situation: Situation, waiting: Flags, chance: np.random.Generator) -> Choices:
    waiting = waiting & situation.allowed
    weakest = best(-situation.mastery, np.broadcast_to(situation.allowed, waiting.shape), chance)
    return np.where(waiting.any(axis=1), waiting.argmax(axis=1), weakest)

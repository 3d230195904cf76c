"""What to practise next, as a sequential decision.

State: what is believed of each concept. Reward: the gain in mastery, weighted by what each concept is worth.
Constraint: prerequisites. The exact solution of this partially observed decision process is out of reach, so two
approximations stand on one another: an index, and one step of policy improvement over it by rollout (Bertsekas and
Castañon, 1999).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation.course import Course, Flags
from gradatim.memory.recommendation.dynamics import Choices, Dynamics
from gradatim.memory.recommendation.policies import CAUTIOUS, Situation, best

ROLLOUTS = 5
"""Concepts that are compared by rollout on the way to a goal."""
_CEILING = 30.0
"""A concept's marginal value may be so many times the largest worth: in a dense graph ways multiply."""
_LATER = 500
"""Practices after a look-ahead that still count."""


@dataclass(frozen=True, slots=True, eq=False)
class LookAhead:
    """Index and rollout.

    The index of concept c is the expected gain in its mastery by the next practice times its marginal value

        V(c) = worth(c) + Σ γ^effort(d) · (1 − m(d)) · ∂R(d)/∂m(c) · V(d)

    over the concepts d that need it: mastering c is worth itself and the learning that it opens, discounted by the
    practices that d takes, (1 − m(d)) / T(d).

    On the way to a goal the concepts with the highest index are then compared by rollout: each is practised a few
    times, the index (with the values of now) goes on from there, and the one with the highest discounted reward is
    chosen: the worth of what is mastered after each practice, so that what is mastered early counts longer. Rollouts
    follow the mean of the beliefs, so that they need no random numbers.
    """

    dynamics: Dynamics
    worth: Floats | None = None
    """What mastery of each concept counts: shape (concepts,), not negative; 1 for all when not given."""
    ready: float = CAUTIOUS
    """Mastery from which a prerequisite counts as met."""
    discount: float = 0.95
    """γ of the index: what a gain counts that comes one practice later."""
    patience: float = 0.99
    """The same in rollouts."""
    candidates: int = 1
    """Concepts that are compared by rollout; 1 leaves the index alone, as rollouts gain nothing without a goal."""
    horizon: int = 80
    """Practices that a rollout looks ahead at most."""
    commit: int = 3
    """Practices that a rollout gives the candidate itself."""

    @classmethod
    def to_goal(
        cls, dynamics: Dynamics, goal: str, *, candidates: int = ROLLOUTS, ready: float = CAUTIOUS
    ) -> LookAhead:
        """The planner with one concept as its goal. It discounts less, as the reward lies at the end of the way.

        Raises:
            InputError: The course has no such concept.
        """
        worth, _ = goal_worth(dynamics.course, goal)
        return cls(dynamics, worth, ready=ready, discount=0.99, candidates=candidates)

    def choose(self, situation: Situation, chance: np.random.Generator) -> Choices:
        """Places of the concepts chosen: shape (learners,)."""
        mastery = situation.mastery
        values = self.values(mastery, situation.remaining)
        score = self.index(mastery, values)
        met = self.dynamics.course.ready(mastery, self.ready) & situation.allowed
        count = min(self.candidates, score.shape[1])
        if count == 1 or situation.remaining <= 1:
            return best(score, met, chance)
        open_rows = met | ~met.any(axis=1, keepdims=True)
        ranked = np.where(open_rows, score + 1e-12 * chance.random(score.shape), -np.inf)
        top = np.argsort(-ranked, axis=1)[:, :count]
        outlook = self.outlook(situation, values, top)
        # Where fewer are ready than compared, the rest is not a choice.
        outlook = np.where(np.isfinite(np.take_along_axis(ranked, top, axis=1)), outlook, -np.inf)
        return top[np.arange(len(top)), outlook.argmax(axis=1)]

    def index(self, mastery: Floats, values: Floats) -> Floats:
        """Expected gain of one practice times marginal value: shape (learners, concepts)."""
        course = self.dynamics.course
        return (1.0 - mastery) * course.learn * self.dynamics.readiness(mastery) * values

    def values(self, mastery: Floats, remaining: int) -> Floats:
        """V of every concept: shape (learners, concepts)."""
        dynamics, course = self.dynamics, self.dynamics.course
        worth = np.ones(mastery.shape[1]) if self.worth is None else self.worth
        effort = np.minimum((1.0 - mastery) / np.maximum(course.learn, 1e-6), remaining)
        opened = (1.0 - mastery) * dynamics.readiness(mastery) * self.discount**effort
        # ∂R(d)/∂m(c) = R(d) · w · (1 − g) / (1 − (1 − m(c))(1 − g))
        share = (1.0 - dynamics.gate) / (1.0 - (1.0 - mastery) * (1.0 - dynamics.gate))
        values = np.tile(worth, (len(mastery), 1))
        ceiling = _CEILING * float(worth.max(initial=0.0))
        for step in reversed(course.plan.backward):
            if step is None:
                continue
            parts = (opened[:, step.neighbours] * values[:, step.neighbours]) * step.weights
            here = slice(step.start, step.stop)
            values[:, here] += share[:, here] * np.add.reduceat(parts, step.offsets, axis=1)
            np.minimum(values[:, here], ceiling, out=values[:, here])
        return values

    def outlook(self, situation: Situation, values: Floats, candidates: Choices) -> Floats:
        """Discounted reward that each candidate leads to: shape as `candidates`, (learners, candidates)."""
        dynamics, course = self.dynamics, self.dynamics.course
        count = candidates.shape[1]
        mastery = np.repeat(situation.mastery, count, axis=0)
        weighed = np.repeat(values, count, axis=0) * course.learn
        worth = np.ones(mastery.shape[1]) if self.worth is None else self.worth
        lacking = np.where(situation.allowed, 0.0, 1.0)
        needed = (course.needs > 0.0).T.astype(np.float64)
        chosen = candidates.reshape(-1)
        steps = min(self.horizon, situation.remaining)
        reward = np.zeros(len(mastery))
        for step in range(steps):
            readiness = dynamics.readiness(mastery) if step >= self.commit else None
            if readiness is not None:
                score = (1.0 - mastery) * weighed * readiness
                blocked = (mastery < self.ready).astype(np.float64) @ needed + lacking
                chosen = np.where(blocked < 0.5, score, -1.0).argmax(axis=1)
            mastery = dynamics.practised(mastery, chosen, readiness)
            reward += self.patience**step * (mastery @ worth)
        # What is mastered at the end of the look-ahead goes on being worth something.
        later = situation.remaining - steps
        reward += (mastery @ worth) * sum(self.patience ** (steps + step) for step in range(min(later, _LATER)))
        return reward.reshape(candidates.shape)


def goal_worth(course: Course, goal: str, aside: float = 0.1) -> tuple[Floats, Flags]:
    """What concepts count, and which may be chosen, when one of them is the goal: shapes (concepts,).

    Args:
        course: The concepts.
        goal: Id of the one to be mastered.
        aside: What each concept that it needs counts beside its 1: a little, so that the way is not only worth its
            end. Others count nothing.

    Raises:
        InputError: The course has no such concept.
    """
    place = course.plan.places.get(goal)
    if place is None:
        raise InputError(
            "the course has no such concept", place=f"goal {goal!r}", remedy="`gradatim kg search` looks for one"
        )
    needed = course.needed_by(place)
    worth = np.where(needed, aside, 0.0)
    worth[place] = 1.0
    return worth, needed

"""Simulated learners: what policies are compared on.

They learn by the dynamics of knowledge tracing, with what a planner does not know: whether a concept is really
mastered, how fast this learner learns and forgets, how much lacking prerequisites hinder, and the true parameters of
each concept, of which the planner has estimates with errors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation.course import Course, Flags
from gradatim.memory.recommendation.dynamics import Dynamics
from gradatim.memory.recommendation.policies import Policy, Situation


@dataclass(frozen=True, slots=True)
class Setting:
    """How the simulated learners are."""

    learners: int = 100
    practices: int = 200
    """How many each has."""
    spread: float = 0.5
    """Standard deviation of the log of learning rates among concepts."""
    speed: float = 0.4
    """The same among learners."""
    error: float = 0.3
    """The same of the planner's estimates of learning rates."""
    gate: float = 0.2
    """Share of the learning rate that is left for each prerequisite that is lacking."""
    forget: float = 0.001
    """Mean probability that a mastered concept is lost during one practice of another."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Simulated learners of one course, and what the planner knows of it."""

    setting: Setting
    dynamics: Dynamics
    """As the planner believes."""
    mastered: Flags
    """At the beginning: shape (learners, concepts)."""
    learn: Floats
    """True learning rates: shape (learners, concepts)."""
    slip: Floats
    guess: Floats
    forget: Floats
    """True rates of loss: shape (learners, 1)."""
    seed: int

    @classmethod
    def of(cls, course: Course, setting: Setting, seed: int) -> World:
        """Draw learners; the same seed gives the same ones.

        Concepts take their true parameters around the usual ones, and learners begin with a part of the course that
        depends on their ability: only concepts whose prerequisites are mastered can be mastered at the beginning.
        """
        chance = np.random.default_rng(seed)
        size, people = len(course.concepts), setting.learners
        rate = np.clip(0.16 * np.exp(setting.spread * chance.normal(size=size)), 0.03, 0.6)
        estimated = np.clip(rate * np.exp(setting.error * chance.normal(size=size)), 0.03, 0.6)
        slip, guess = chance.uniform(0.05, 0.15, size), chance.uniform(0.1, 0.3, size)
        speed = np.exp(setting.speed * chance.normal(size=(people, 1)))
        forget = setting.forget * np.exp(0.5 * chance.normal(size=(people, 1)))
        ability = chance.normal(size=people)
        needed = course.needs > 0.0
        before = np.array([course.needed_by(place).sum() for place in range(size)])
        mastered = np.zeros((people, size), dtype=bool)
        for place in range(size):
            likely = 1.0 / (1.0 + np.exp(-(2.0 + ability - before[place] / 6.0)))
            mastered[:, place] = mastered[:, needed[place]].all(axis=1) & (chance.random(people) < likely)
        believed = replace(
            course,
            prior=0.02 + 0.25 * np.exp(-before / 20.0),
            learn=estimated,
            slip=np.full(size, 0.1),
            guess=np.full(size, 0.2),
            forget=np.zeros(size),
        )
        return cls(
            setting=setting,
            dynamics=Dynamics(believed, fading=setting.forget),
            mastered=mastered,
            learn=np.minimum(rate * speed, 0.95),
            slip=slip,
            guess=guess,
            forget=forget,
            seed=seed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of the learners under a policy."""

    mastered: Floats
    """Share of the concepts that each really masters in the end: shape (learners,)."""
    mean: Floats
    """The same, as a mean over all practices."""
    steps: Floats
    """Practices until each really mastered the goal, the number of all practices where that never happened."""
    reached: Flags
    """Who mastered the goal at some time."""
    violations: int
    """Practices of a concept with a prerequisite that was not believed to be met."""


def simulate(world: World, policy: Policy, *, goal: str | None = None, ready: float = 0.0) -> Outcome:
    """Let every learner practise what a policy chooses.

    Chance is drawn for learners and practices, not for policies: what one learner answers at the tenth practice hangs
    on the same random numbers whatever was practised, so that policies can be compared learner by learner.

    Args:
        world: The learners.
        policy: Who chooses.
        goal: A concept; only it and what it needs may be chosen.
        ready: Mastery from which a prerequisite counts as met, for `violations`.
    """
    setting, dynamics = world.setting, world.dynamics
    course = dynamics.course
    needed = course.needs > 0.0
    size, people = len(course.concepts), setting.learners
    allowed = np.ones(size, dtype=bool)
    place = None if goal is None else course.plan.places[goal]
    if place is not None:
        allowed = course.needed_by(place)
    rows = np.arange(people)
    mastered = world.mastered.copy()
    belief = np.tile(course.prior, (people, 1))
    counts = np.zeros((people, size))
    total = np.zeros(people)
    steps = np.full(people, float(setting.practices))
    reached = np.zeros(people, dtype=bool) if place is None else mastered[:, place].copy()
    steps[reached] = 0.0
    violations = 0
    answers, choices = np.random.default_rng((world.seed, 1)), np.random.default_rng((world.seed, 2))
    for step in range(setting.practices):
        situation = Situation(belief, counts, setting.practices - step, allowed)
        chosen = policy.choose(situation, choices)
        violations += int((needed[chosen] & (belief < ready)).any(axis=1).sum())
        right, learnt, kept = answers.random(people), answers.random(people), answers.random((people, size))
        knows = mastered[rows, chosen]
        correct = right < np.where(knows, 1.0 - world.slip[chosen], world.guess[chosen])
        lacking = (~mastered & needed[chosen]).sum(axis=1)
        learns = learnt < world.learn[rows, chosen] * setting.gate**lacking
        lost = kept < world.forget
        lost[rows, chosen] = False
        mastered &= ~lost
        mastered[rows, chosen] = knows | learns
        belief = dynamics.observed(belief, chosen, correct)
        counts[rows, chosen] += 1.0
        total += mastered.mean(axis=1)
        if place is not None:
            new = mastered[:, place] & ~reached
            steps[new] = step + 1.0
            reached |= new
    return Outcome(mastered.mean(axis=1), total / max(setting.practices, 1), steps, reached, violations)

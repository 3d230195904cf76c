"""Simulated learners by what they learn from: answers to items, practice, or a tutor."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.experiments.cohorts.person import Person, assigned, chance_of, name_of, score_of
from gradatim.evals.experiments.spec import CohortSpec, World
from gradatim.graphs.services import Services
from gradatim.kg import ConceptGraph
from gradatim.memory.recommendation.course import Course
from gradatim.memory.recommendation.policies import FixedSyllabus, Greedy, Policy, RandomReady, Syllabus
from gradatim.memory.recommendation.simulation import Setting, simulate
from gradatim.memory.recommendation.simulation import World as Practice

TREATMENTS: Mapping[World, tuple[str, ...]] = {
    "responses": ("none", "lesson"),
    "practice": ("none", "fixed", "syllabus", "random", "greedy"),
    "tutoring": ("silent", "telling", "tutor"),
}
"""What learners of each world can be given."""
GOAL = "recursion"
"""`practice`: the course is everything that this concept needs."""


class LearnerWorld(Protocol):
    """Simulated learners of one seed."""

    async def person(self, place: int) -> Person:
        """The learner at a place, from 0, after everything that happened to them."""
        ...


class Responses:
    """Learners of item response theory (2PL): ability before, growth for all, and the lesson's effect on top.

    Abilities are standard normal; items have difficulties N(0, 1) and discriminations exp(N(0, 0.25)). Both tests are
    forms of their own. `lesson` raises ability by `effect`, `none` by nothing.
    """

    def __init__(self, cohort: CohortSpec, arms: Mapping[str, str], seed: int) -> None:
        chance = np.random.default_rng((seed, 1))
        self._cohort = cohort
        self._arms = dict(arms)
        self._seed = seed
        self._given = assigned(cohort.learners, list(arms), seed)
        self._ability = chance.normal(size=cohort.learners)
        self._spread = chance.normal(scale=0.2, size=cohort.learners)
        self._forms = [
            (np.exp(chance.normal(scale=0.25, size=cohort.items)), chance.normal(size=cohort.items)) for _ in range(2)
        ]

    async def person(self, place: int) -> Person:
        before = float(self._ability[place])
        grown = before + self._cohort.growth + float(self._spread[place])
        after = {
            arm: grown + (self._cohort.effect if treatment == "lesson" else 0.0)
            for arm, treatment in self._arms.items()
        }
        arm = self._given[place]
        pre = score_of(self._solves(before, 0), chance_of(self._seed, place, "pre"))
        post = score_of(self._solves(after[arm], 1), chance_of(self._seed, place, "post"))
        expected = {name: float(self._solves(ability, 1).mean()) for name, ability in after.items()}
        return Person(name_of(place), arm, pre, post, expected, {"ability": {"before": before, "after": after}})

    def _solves(self, ability: float, form: int) -> np.ndarray:
        discrimination, difficulty = self._forms[form]
        return 1.0 / (1.0 + np.exp(-discrimination * (ability - difficulty)))


class Practices:
    """Learners of knowledge tracing who practise what a policy chooses for them, or nothing.

    An item asks for one concept of the course, drawn anew for each learner and test.
    """

    def __init__(self, cohort: CohortSpec, arms: Mapping[str, str], seed: int, graph: ConceptGraph) -> None:
        known = {concept.id for concept in graph.concepts}
        course = Course.of(graph, only=[GOAL] if GOAL in known else None)
        world = Practice.of(course, Setting(learners=cohort.learners, practices=cohort.practices), seed)
        self._seed = seed
        self._items = cohort.items
        self._given = assigned(cohort.learners, list(arms), seed)
        self._slip, self._guess = float(world.slip.mean()), float(world.guess.mean())
        self._before = world.mastered.mean(axis=1)
        self._after: dict[str, np.ndarray] = {}
        for arm, treatment in arms.items():
            policy = _policy(treatment, world)
            self._after[arm] = self._before if policy is None else simulate(world, policy).mastered

    async def person(self, place: int) -> Person:
        arm, before = self._given[place], float(self._before[place])
        after = {name: float(values[place]) for name, values in self._after.items()}
        pre = score_of(self._solves(before, place, "pre"), chance_of(self._seed, place, "pre answers"))
        post = score_of(self._solves(after[arm], place, "post"), chance_of(self._seed, place, "post answers"))
        expected = {name: self._expected(share) for name, share in after.items()}
        return Person(name_of(place), arm, pre, post, expected, {"mastered": {"before": before, "after": after}})

    def _solves(self, mastered: float, place: int, test: str) -> np.ndarray:
        knows = chance_of(self._seed, place, test).random(self._items) < mastered
        return np.where(knows, 1.0 - self._slip, self._guess)

    def _expected(self, mastered: float) -> float:
        return mastered * (1.0 - self._slip) + (1.0 - mastered) * self._guess


def _policy(name: str, world: Practice) -> Policy | None:
    match name:
        case "fixed":
            return FixedSyllabus()
        case "syllabus":
            return Syllabus()
        case "random":
            return RandomReady(world.dynamics)
        case "greedy":
            return Greedy(world.dynamics)
        case _:
            return None


@asynccontextmanager
async def open_world(
    cohort: CohortSpec, arms: Mapping[str, str], seed: int, services: Services, folder: Path | None = None
) -> AsyncGenerator[LearnerWorld]:
    """The learners of one seed.

    Args:
        arms: Arm → treatment, the control first.
        services: For `tutoring`: what the tutor works with, its model included.
        folder: For `tutoring`: where the tasks are; see `gradatim.evals.experiments.cohorts.tutoring`.

    Raises:
        InputError: The world knows no such treatment, or the folder holds no tasks.
    """
    check_treatments(cohort.world, list(arms.values()))
    if cohort.world == "responses":
        yield Responses(cohort, arms, seed)
    elif cohort.world == "practice":
        yield Practices(cohort, arms, seed, await services.concepts.snapshot())
    else:
        from gradatim.evals.experiments.cohorts.tutoring import open_tutoring

        async with open_tutoring(cohort, arms, seed, services, folder) as world:
            yield world


def check_treatments(world: World, treatments: Sequence[str]) -> None:
    """Refuse treatments that a world does not know.

    Raises:
        InputError: There is one.
    """
    for treatment in treatments:
        if treatment not in TREATMENTS[world]:
            raise InputError(
                f"learners of the world {world!r} cannot be given {treatment!r}", place="variants",
                remedy=f"name one of {', '.join(TREATMENTS[world])}",
            )  # fmt: skip

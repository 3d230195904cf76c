from __future__ import annotations

import math

import numpy as np
import pytest

from gradatim.app.bench.path import course_of, goal_of
from gradatim.kg import packaged_curriculum
from gradatim.memory.recommendation import (
    READY,
    FixedSyllabus,
    Greedy,
    LookAhead,
    Outcome,
    RandomReady,
    Setting,
    Syllabus,
    World,
    simulate,
)

SETTING = Setting(learners=80, practices=110)


@pytest.fixture(scope="module")
def world() -> World:
    return World.of(course_of(packaged_curriculum(), 7, concepts=35), SETTING, 70)


@pytest.fixture(scope="module")
def ours(world: World) -> Outcome:
    return simulate(world, LookAhead(world.dynamics), ready=READY)


def test_the_same_learners_again_give_the_same(world: World) -> None:
    first, second = (simulate(world, RandomReady(world.dynamics)) for _ in range(2))
    assert (first.mastered == second.mastered).all()
    assert (first.mean == second.mean).all()


def test_learners_begin_with_what_their_prerequisites_allow(world: World) -> None:
    needed = world.dynamics.course.needs > 0.0
    lacking = (~world.mastered).astype(int) @ needed.T.astype(int)
    assert not (world.mastered & (lacking > 0)).any()
    assert 0.0 < world.mastered.mean() < 0.6


def test_the_planner_does_not_know_the_true_parameters(world: World) -> None:
    course = world.dynamics.course
    assert not np.isclose(world.learn, course.learn).any(axis=1).all()
    assert not np.allclose(world.slip, course.slip)


def test_practice_is_what_teaches() -> None:
    world = World.of(course_of(packaged_curriculum(), 7, concepts=35), Setting(learners=40, practices=0), 70)
    nothing = simulate(world, RandomReady(world.dynamics))
    assert nothing.mastered.mean() == world.mastered.mean()
    more = simulate(World.of(world.dynamics.course, Setting(learners=40, practices=110), 70), Greedy(world.dynamics))
    assert more.mastered.mean() > nothing.mastered.mean() + 0.05


def test_what_is_not_practised_is_lost_at_times() -> None:
    setting = Setting(learners=40, practices=30, forget=0.2)
    world = World.of(course_of(packaged_curriculum(), 7, concepts=35), setting, 70)
    assert simulate(world, RandomReady(world.dynamics)).mastered.mean() < 0.3 * world.mastered.mean()


def test_policies_that_respect_prerequisites_never_violate_them(world: World, ours: Outcome) -> None:
    assert ours.violations == 0
    for policy in (RandomReady(world.dynamics), Greedy(world.dynamics)):
        assert simulate(world, policy, ready=READY).violations == 0
    assert simulate(world, FixedSyllabus(), ready=READY).violations > 0


@pytest.mark.parametrize("other", ["fixed", "random", "syllabus"])
def test_the_look_ahead_teaches_more(world: World, ours: Outcome, other: str) -> None:
    """Learner by learner, at three standard errors; `gradatim bench path` has the figures against all policies."""
    policy = {
        "fixed": FixedSyllabus(),
        "random": RandomReady(world.dynamics),
        "syllabus": Syllabus(),
        "greedy": Greedy(world.dynamics),
    }[other]
    better = ours.mean - simulate(world, policy).mean
    assert better.mean() > 3.0 * better.std(ddof=1) / math.sqrt(len(better))


def test_the_look_ahead_teaches_more_than_greed() -> None:
    """Over several courses, in what is mastered in the end."""
    gained: list[float] = []
    for number in range(4):
        course = course_of(packaged_curriculum(), number)
        world = World.of(course, Setting(learners=50, practices=200), 300 + number)
        ours, greedy = (simulate(world, policy) for policy in (LookAhead(world.dynamics), Greedy(world.dynamics)))
        gained += (ours.mastered - greedy.mastered).tolist()
    assert np.mean(gained) > 3.0 * np.std(gained, ddof=1) / math.sqrt(len(gained))


def test_practices_to_a_goal(world: World) -> None:
    course = world.dynamics.course
    goal = goal_of(course, 10)
    place = course.plan.places[goal]
    found = simulate(world, LookAhead.to_goal(world.dynamics, goal, candidates=1), goal=goal, ready=READY)
    assert found.violations == 0
    assert (found.steps[world.mastered[:, place]] == 0.0).all()
    assert (found.steps[~found.reached] == SETTING.practices).all()
    assert 0.1 < found.reached.mean() <= 1.0

"""Placement: the next task, the end of the test, and how certain a level is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.agents.classroom.placement import Placement, PoolTask, TaskAnswer, level_of, next_task
from gradatim.errors import InputError
from gradatim.testing import TASK

LEVELS = {"beginner": -6.0, "intermediate": -0.4, "advanced": 0.9}
POOL = [
    PoolTask(task=TASK.model_copy(update={"id": f"task-{number}"}), difficulty=difficulty, discrimination=1.4)
    for number, difficulty in enumerate(np.linspace(-2, 2, 9))
]


def sat(theta: float, rng: np.random.Generator, most: int = 9) -> Placement:
    """A whole test of a learner of this ability."""
    answers: list[TaskAnswer] = []
    while not (placement := next_task(POOL, answers, most=most, error=0.4)).done:
        item = next(item for item in POOL if item.task.id == placement.next)
        chance = 1 / (1 + math.exp(-item.discrimination * (theta - item.difficulty)))
        answers.append(TaskAnswer(task=placement.next, passed=bool(rng.random() < chance)))
    return placement


def test_it_begins_in_the_middle_and_follows_the_answers() -> None:
    first = next_task(POOL, [])
    assert (first.next, first.answered, first.done) == ("task-4", 0, False)
    up = next_task(POOL, [TaskAnswer(task="task-4", passed=True)])
    down = next_task(POOL, [TaskAnswer(task="task-4", passed=False)])
    assert up.theta > 0 > down.theta
    assert int(up.next[-1]) > 4 > int(down.next[-1])


def test_it_ends_and_places_learners_near_their_ability() -> None:
    rng = np.random.default_rng(1)
    for theta in (-1.5, 0.0, 1.5):
        found = [sat(theta, rng) for _ in range(30)]
        assert all(item.answered <= 9 for item in found)
        assert abs(np.mean([item.theta for item in found]) - theta) < 0.6
    assert np.mean([level_of(sat(-1.8, rng), LEVELS).level == "beginner" for _ in range(30)]) > 0.8
    assert np.mean([level_of(sat(1.9, rng), LEVELS).level == "advanced" for _ in range(30)]) > 0.6


@settings(max_examples=60, deadline=None)
@given(st.floats(-4, 4), st.floats(0, 2), st.lists(st.floats(-3, 3), min_size=1, max_size=5, unique=True))
def test_levels_are_a_distribution(theta: float, se: float, bounds: list[float]) -> None:
    placement = Placement(theta=theta, se=se, answered=3, done=True, next="t")
    found = level_of(placement, {f"level {number}": bound for number, bound in enumerate(bounds)})
    assert sum(found.levels.values()) == pytest.approx(1.0)
    assert found.probability == max(found.levels.values())


def test_a_level_is_certain_where_the_ability_is_well_inside() -> None:
    sure = level_of(Placement(theta=-2.0, se=0.4, answered=6, done=True, next="t"), LEVELS)
    assert (sure.level, sure.certain) == ("beginner", True)
    unsure = level_of(Placement(theta=0.9, se=0.4, answered=6, done=True, next="t"), LEVELS)
    assert not unsure.certain


def test_mistakes_are_named() -> None:
    with pytest.raises(InputError, match="the item bank is empty"):
        next_task([], [])
    with pytest.raises(InputError, match="task-4"):
        next_task([POOL[4], POOL[4]], [])
    with pytest.raises(InputError, match="another"):
        next_task(POOL, [TaskAnswer(task="another", passed=True)])
    with pytest.raises(InputError, match="different bounds"):
        level_of(next_task(POOL, []), {"a": 1.0, "b": 1.0})

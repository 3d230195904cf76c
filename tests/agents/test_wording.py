"""Steering of the generator by the learner's mastery and the task's concepts."""

from __future__ import annotations

from gradatim.agents.wording import Wording
from gradatim.domain import LearnerState, Mastery
from gradatim.kg import open_graph
from gradatim.settings import Settings
from tests.cases import LEARNER, TASK

LEARNED = LearnerState(
    learner_id=LEARNER,
    events=4,
    mastery=(
        Mastery(concept="recursion", probability=0.1, observations=3),
        Mastery(concept="for-loop", probability=0.9, observations=5),
        Mastery(concept="no-such-concept", probability=0.9, observations=5),
    ),
)


async def test_known_words_go_up_unknown_ones_down_and_the_tasks_own_up() -> None:
    steering = await Wording(open_graph(Settings()), 2.0, 1.0).steering(TASK, LEARNED)
    assert steering is not None
    assert (steering.lambda_profile, steering.lambda_curriculum) == (2.0, 1.0)
    assert steering.profile["recursion"] < -0.5
    assert steering.profile["for loop"] > 0.5
    assert steering.curriculum["for loop"] == 1.0
    assert "recursion" not in steering.curriculum


async def test_each_term_can_be_left_out() -> None:
    concepts = open_graph(Settings())
    assert await Wording(concepts, 2.0, 0.0).steering(TASK, None) is None, "nothing is known of the learner"
    about = await Wording(concepts, 0.0, 1.0).steering(TASK, LEARNED)
    assert about is not None
    assert about.profile == {}
    read = await Wording(concepts, 1.0, 0.0).steering(TASK, LEARNED)
    assert read is not None
    assert read.curriculum == {}

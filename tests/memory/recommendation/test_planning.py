from __future__ import annotations

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.memory.propagation.plan import Floats
from gradatim.memory.recommendation import (
    Course,
    Dynamics,
    FixedSyllabus,
    Greedy,
    LookAhead,
    RandomReady,
    Situation,
    Syllabus,
    goal_worth,
)
from gradatim.memory.recommendation.policies import Policy
from gradatim.memory.tracing import BKTParameters, ConceptParameters
from tests.memory.propagation.material import graph

# two ways to begin: `key` opens twelve concepts that are quickly learnt, `alone` opens none
MADE = graph(*(("key", f"d{number}") for number in range(12)), alone=("alone",))
QUICK = ConceptParameters({f"d{number}": BKTParameters(learn=0.5) for number in range(12)})
COURSE = Course.of(MADE, parameters=QUICK)
DYNAMICS = Dynamics(COURSE)


def situation(mastery: Floats, remaining: int = 60, course: Course = COURSE) -> Situation:
    size = len(course.concepts)
    return Situation(mastery, np.zeros_like(mastery), remaining, np.ones(size, dtype=bool))


def start(**values: float) -> Floats:
    return np.array([[values.get(name, 0.25) for name in COURSE.concepts]])


def chosen(policy: Policy, mastery: Floats, remaining: int = 60) -> list[str]:
    places = policy.choose(situation(mastery, remaining), np.random.default_rng(1))
    return [COURSE.concepts[place] for place in places]


def test_values_by_hand() -> None:
    course = Course.of(graph(("a", "b")))
    dynamics = Dynamics(course, gate=0.25)
    mastery = np.array([[0.6, 0.4]])
    values = LookAhead(dynamics, discount=0.9).values(mastery, 100)[0]
    open_share = 1.0 - 0.4 * 0.75
    expected = 1.0 + 0.9 ** (0.6 / 0.12) * 0.6 * open_share * (0.75 / open_share)
    assert values.tolist() == pytest.approx([expected, 1.0])


def test_what_opens_more_is_worth_more() -> None:
    values = dict(zip(COURSE.concepts, LookAhead(DYNAMICS).values(start(), 60)[0].tolist(), strict=True))
    assert values["key"] > values["alone"] == 1.0
    # with nothing left to learn behind it, a key opens nothing
    mastered = start(**{f"d{number}": 1.0 for number in range(12)})
    assert LookAhead(DYNAMICS).values(mastered, 60)[0, COURSE.plan.places["key"]] == pytest.approx(1.0)


def test_the_look_ahead_sees_what_greed_does_not() -> None:
    mastery = np.repeat(start(key=0.3, alone=0.25), 20, axis=0)
    assert set(chosen(Greedy(DYNAMICS), mastery)) == {"alone"}
    for candidates in (1, 5):
        assert set(chosen(LookAhead(DYNAMICS, candidates=candidates), mastery)) == {"key"}
    # at the last practice there is nothing to look ahead to
    assert set(chosen(LookAhead(DYNAMICS, discount=1e-6), mastery, remaining=1)) == {"alone"}


@pytest.mark.parametrize(
    "policy", [RandomReady(DYNAMICS), Greedy(DYNAMICS), LookAhead(DYNAMICS), LookAhead(DYNAMICS, candidates=4)]
)
def test_only_what_is_ready_is_chosen(policy: Policy) -> None:
    mastery = np.random.default_rng(5).random((200, len(COURSE.concepts)))
    places = policy.choose(situation(mastery), np.random.default_rng(1))
    assert COURSE.ready(mastery, 0.7)[np.arange(200), places].all()


def test_candidates_that_are_not_ready_lose_every_rollout() -> None:
    """Fewer are ready than compared."""
    assert set(chosen(LookAhead(DYNAMICS, candidates=7), np.repeat(start(), 30, axis=0))) <= {"key", "alone"}


def test_only_what_is_allowed_is_chosen() -> None:
    mastery = np.full((50, len(COURSE.concepts)), 0.9)
    allowed = np.array([name in {"alone", "d3"} for name in COURSE.concepts])
    for policy in (
        RandomReady(DYNAMICS),
        Greedy(DYNAMICS),
        LookAhead(DYNAMICS, candidates=4),
        Syllabus(),
        FixedSyllabus(),
    ):
        places = policy.choose(Situation(mastery, mastery * 0, 9, allowed), np.random.default_rng(1))
        assert allowed[places].all()


def test_orders_of_the_syllabus() -> None:
    order = list(COURSE.concepts)
    assert chosen(Syllabus(), start(**{order[0]: 0.96})) == [order[1]]
    counts = np.zeros((1, len(order)))
    counts[0, 0] = 4
    fixed = FixedSyllabus(4).choose(
        Situation(start(), counts, 9, np.ones(len(order), dtype=bool)), np.random.default_rng(1)
    )
    assert order[fixed[0]] == order[1]
    done = start(**dict.fromkeys(order, 0.99)) - np.eye(1, len(order), 3) * 0.01
    assert chosen(Syllabus(), done) == [order[3]]


def test_the_goal_is_what_counts() -> None:
    worth, allowed = goal_worth(COURSE, "d2", aside=0.0)
    assert worth.tolist() == [float(name == "d2") for name in COURSE.concepts]
    assert set(np.array(COURSE.concepts)[allowed]) == {"key", "d2"}
    assert set(chosen(LookAhead.to_goal(DYNAMICS, "d2"), np.repeat(start(alone=0.1), 9, axis=0))) == {"key"}
    with pytest.raises(InputError, match="goal 'nowhere'"):
        LookAhead.to_goal(DYNAMICS, "nowhere")


def test_a_rollout_by_hand() -> None:
    """The first practice is the candidate's; then only what is ready is practised, although the other learns faster."""
    source = ConceptParameters({"a": BKTParameters(forget=0.0), "b": BKTParameters(learn=0.9, forget=0.0)})
    course = Course.of(graph(("a", "b")), parameters=source)
    planner = LookAhead(Dynamics(course, fading=0.1), candidates=1, commit=1, horizon=2, patience=0.5)
    mastery = np.array([[0.2, 0.2]])
    values = planner.values(mastery, 3)
    reward = planner.outlook(situation(mastery, 3, course), values, np.array([[0]]))[0, 0]
    first = np.array([0.2 + 0.8 * 0.12, 0.2 * 0.9])
    second = np.array([first[0] + (1.0 - first[0]) * 0.12, first[1] * 0.9])
    # one practice is left after the look-ahead, for which what is mastered then goes on counting
    assert reward == pytest.approx(first.sum() + 0.5 * second.sum() + 0.25 * second.sum())

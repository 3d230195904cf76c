from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.memory.recommendation import Course, Dynamics
from gradatim.memory.tracing import BKTParameters, ConceptParameters, update
from tests.memory.propagation.material import graph

COURSE = Course.of(graph(("a", "c"), ("b", "c", 0.5)))


def row(**values: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.array([[values.get(name, 0.25) for name in COURSE.concepts]])


@given(st.floats(0.0, 0.999), st.booleans())
def test_a_concept_without_prerequisites_is_plain_knowledge_tracing(mastery: float, correct: bool) -> None:
    dynamics = Dynamics(COURSE, fading=0.0)
    place = COURSE.plan.places["a"]
    after = dynamics.observed(row(a=mastery), np.array([place]), np.array([correct]))
    assert after[0, place] == pytest.approx(min(update(mastery, correct, BKTParameters()), 1.0 - 1e-4), abs=1e-12)
    assert after[0, COURSE.plan.places["b"]] == 0.25


def test_readiness_by_hand() -> None:
    dynamics = Dynamics(COURSE, gate=0.2)
    readiness = dynamics.readiness(row(a=0.5, b=0.0))[0]
    assert readiness[COURSE.plan.places["a"]] == 1.0
    assert readiness[COURSE.plan.places["c"]] == pytest.approx(0.6 * 0.2**0.5)
    assert dynamics.readiness(row(a=1.0, b=1.0))[0, COURSE.plan.places["c"]] == pytest.approx(1.0)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_learning_never_falls_with_the_prerequisites(first: float, second: float, own: float) -> None:
    low, high = sorted((first, second))
    dynamics, chosen = Dynamics(COURSE), np.array([COURSE.plan.places["c"]])
    below = dynamics.practised(row(a=low, c=own), chosen)[0, chosen[0]]
    above = dynamics.practised(row(a=high, c=own), chosen)[0, chosen[0]]
    assert 0.0 <= below <= above + 1e-12 <= 1.0 + 1e-12


def test_the_mean_over_outcomes_is_what_practice_is_expected_to_give() -> None:
    source = ConceptParameters(default=BKTParameters(forget=0.0))
    course = Course.of(graph(("a", "c"), ("b", "c", 0.5)), parameters=source)
    dynamics, chosen = Dynamics(course), np.array([course.plan.places["c"]])
    mastery = row(a=0.6, b=0.8, c=0.4)
    right = 0.4 * 0.9 + 0.6 * 0.2
    mean = right * dynamics.observed(mastery, chosen, np.array([True])) + (1 - right) * dynamics.observed(
        mastery, chosen, np.array([False])
    )
    assert mean[0].tolist() == pytest.approx(dynamics.practised(mastery, chosen)[0].tolist())


def test_what_is_not_practised_fades() -> None:
    dynamics = Dynamics(COURSE, fading=0.1)
    after = dynamics.practised(row(a=0.8, b=0.5), np.array([COURSE.plan.places["a"]]))[0]
    assert after[COURSE.plan.places["b"]] == pytest.approx(0.45)
    assert after[COURSE.plan.places["a"]] > 0.8

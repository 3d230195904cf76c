"""Expected practices are what simulated practice takes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.memory.recommendation import expected_practices
from gradatim.memory.recommendation.effort import MOST
from gradatim.memory.tracing import BKTParameters, update


def simulated(mastery: float, parameters: BKTParameters, mastered: float, chance: random.Random) -> int:
    knows = chance.random() < mastery
    count = 0
    while mastery < mastered:
        correct = chance.random() < (1.0 - parameters.slip if knows else parameters.guess)
        mastery = update(mastery, correct, parameters)
        knows = chance.random() < (1.0 - parameters.forget if knows else parameters.learn)
        count += 1
    return count


@pytest.mark.parametrize("mastery", [0.05, 0.25, 0.8])
@pytest.mark.parametrize("parameters", [BKTParameters(), BKTParameters(learn=0.3, slip=0.2, guess=0.1, forget=0.0)])
def test_equals_the_mean_of_simulated_practice(mastery: float, parameters: BKTParameters) -> None:
    chance = random.Random(2)
    counts = [simulated(mastery, parameters, 0.95, chance) for _ in range(3_000)]
    assert expected_practices(mastery, parameters) == pytest.approx(sum(counts) / len(counts), rel=0.06)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.sampled_from([0.1, 0.3]))
@settings(max_examples=40)
def test_never_more_for_those_who_know_more(first: float, second: float, learn: float) -> None:
    low, high = sorted((first, second))
    parameters = BKTParameters(learn=learn)
    assert 0.0 <= expected_practices(high, parameters) <= expected_practices(low, parameters) + 1e-9 <= MOST + 1e-9


def test_nothing_is_left_at_the_level() -> None:
    assert expected_practices(0.95, BKTParameters()) == 0.0
    assert expected_practices(0.94, BKTParameters()) >= 1.0


def test_what_nothing_teaches_is_out_of_reach_but_has_a_number() -> None:
    hopeless = expected_practices(0.0, BKTParameters(prior=0.0, learn=0.0))
    assert hopeless == pytest.approx(MOST, rel=0.05)

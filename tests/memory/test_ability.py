"""Ability moves the way of the answers, and more answers never make it less certain."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.ability import Ability, ability_from_first_answers, concept_difficulty
from gradatim.memory.tracing import BKTParameters, ConceptParameters, predict_correct
from tests.memory.material import event

abilities = st.builds(Ability, st.floats(-4.0, 4.0), st.floats(0.01, 4.0))
difficulties = st.floats(-6.0, 6.0)
discriminations = st.floats(0.1, 3.0)


@given(abilities, st.booleans(), difficulties, discriminations)
def test_evidence_moves_it_its_own_way_and_narrows_it(before: Ability, correct: bool, b: float, a: float) -> None:
    after = before.after(correct, b, a)
    assert after.variance <= before.variance
    assert after.responses == before.responses + 1
    assert after.mean >= before.mean if correct else after.mean <= before.mean


@given(abilities, st.booleans(), difficulties, discriminations)
@settings(max_examples=60)
def test_the_mean_is_the_mode_of_the_posterior(before: Ability, correct: bool, b: float, a: float) -> None:
    after = before.after(correct, b, a)

    def log_posterior(theta: float) -> float:
        margin = a * (theta - b) * (1.0 if correct else -1.0)
        likelihood = -math.log1p(math.exp(-margin)) if margin > -30.0 else margin
        return likelihood - (theta - before.mean) ** 2 / (2.0 * before.variance)

    top = log_posterior(after.mean)
    assert all(log_posterior(after.mean + step) <= top + 1e-12 for step in (-1e-3, 1e-3, -0.1, 0.1))


@given(abilities, difficulties, difficulties, discriminations)
def test_predictions_fall_with_difficulty(ability: Ability, first: float, second: float, a: float) -> None:
    easy, hard = sorted((first, second))
    low, high = ability.predict_correct(hard, a), ability.predict_correct(easy, a)
    assert 0.0 <= low <= high <= 1.0


def test_success_on_hard_items_says_more() -> None:
    assert Ability().after(True, 2.0).mean > Ability().after(True, -2.0).mean
    assert Ability().after(False, -2.0).mean < Ability().after(False, 2.0).mean


def test_recovers_ability() -> None:
    chance = random.Random(4)
    errors: list[float] = []
    for _ in range(60):
        true, held = chance.gauss(0.0, 1.0), Ability()
        for _ in range(80):
            difficulty = chance.gauss(0.0, 1.0)
            held = held.after(chance.random() < 1.0 / (1.0 + math.exp(difficulty - true)), difficulty)
        errors.append((held.mean - true) / held.error)
    # Standardised errors have a standard deviation near 1 when the stated error is right.
    assert 0.7 < math.sqrt(sum(error * error for error in errors) / len(errors)) < 1.35


def test_time_without_answers_makes_it_less_certain_up_to_a_bound() -> None:
    known = Ability(0.8, 0.1, 40)
    later = known.later(10.0)
    assert (later.mean, later.responses) == (0.8, 40)
    assert later.variance == pytest.approx(0.15)
    assert known.later(1e6).variance == 1.0
    assert Ability(0.0, 2.0).later(30.0).variance == 2.0
    with pytest.raises(InputError, match="days"):
        known.later(-1.0)


def test_difficulty_of_a_concept_is_that_of_its_first_answer() -> None:
    parameters = BKTParameters(prior=0.4)
    expected = predict_correct(parameters.prior, parameters)
    assert 1.0 / (1.0 + math.exp(concept_difficulty(parameters))) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mean", "variance", "said"), [(math.nan, 1.0, "mean"), (0.0, 0.0, "variance"), (0.0, math.inf, "variance")]
)
def test_what_is_no_distribution_is_refused(mean: float, variance: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Ability(mean, variance)


@pytest.mark.parametrize(("b", "a", "said"), [(math.inf, 1.0, "difficulty"), (0.0, 0.0, "discrimination")])
def test_items_that_make_no_sense_are_refused(b: float, a: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Ability().after(True, b, a)


def test_only_the_first_answer_on_each_concept_tells_what_was_brought_along() -> None:
    source = ConceptParameters({"b": BKTParameters(prior=0.8)})
    events = [
        event(3, ("a", True), ("a", True)),
        event(1, ("a", False), ("b", True)),
        event(0, ("b", False), kind="self_assessment"),
        event(2, ("b", False)),
    ]
    expected = Ability().after(False, concept_difficulty(source.default))
    expected = expected.after(True, concept_difficulty(source.parameters("b")))
    assert ability_from_first_answers(events, source) == expected
    assert ability_from_first_answers([], source) == Ability()

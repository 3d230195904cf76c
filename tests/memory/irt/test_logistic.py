"""Probability and information of items."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.memory.irt import (
    item_information,
    most_informative_ability,
    probability,
    standard_error_of_measurement,
    total_information,
)
from gradatim.memory.irt.logistic import log_probabilities, probability_at

discriminations = st.floats(0.05, 5.0)
abilities = st.floats(-50.0, 50.0)
guesses = st.floats(0.0, 0.6)


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@given(abilities, discriminations, abilities, guesses)
def test_probabilities_lie_between_guessing_and_one_and_agree(theta: float, a: float, b: float, c: float) -> None:
    p = probability(array(theta), array(a), array(b), array(c))[0]
    assert c <= p <= 1.0
    assert math.isclose(probability_at(theta, a, b, c), p, rel_tol=1e-9, abs_tol=1e-12)
    right, wrong = log_probabilities(array(theta), array(a), array(b), array(c))
    assert np.isfinite(right).all() or c == 0.0
    assert math.isclose(math.exp(right[0]) + math.exp(wrong[0]), 1.0, rel_tol=1e-9)
    if 1e-6 < p < 1.0 - 1e-6:
        assert math.isclose(math.exp(right[0]), p, rel_tol=1e-6)


def test_far_from_the_item_logarithms_stay_finite() -> None:
    right, wrong = log_probabilities(array(-800.0, 800.0), array(1.0), array(0.0))
    assert right[0] == -800.0
    assert wrong[1] == -800.0


@given(abilities, discriminations, abilities, guesses)
def test_information_is_never_negative_and_less_with_guessing(theta: float, a: float, b: float, c: float) -> None:
    bare = item_information(array(theta), array(a), array(b))[0]
    guessed = item_information(array(theta), array(a), array(b), array(c))[0]
    assert 0.0 <= guessed <= bare * (1.0 + 1e-9)
    assert bare <= a * a / 4.0 * (1.0 + 1e-9)


@given(st.floats(-3.0, 3.0), st.floats(0.3, 3.0), st.floats(-3.0, 3.0), guesses)
def test_information_is_the_squared_slope_over_the_variance(theta: float, a: float, b: float, c: float) -> None:
    p = probability(array(theta), array(a), array(b), array(c))[0]
    step = 1e-5
    slope = (probability_at(theta + step, a, b, c) - probability_at(theta - step, a, b, c)) / (2.0 * step)
    found = item_information(array(theta), array(a), array(b), array(c))[0]
    assert found == pytest.approx(slope * slope / (p * (1.0 - p)), rel=1e-4)


@given(st.floats(0.2, 3.0), st.floats(-3.0, 3.0), guesses)
def test_information_is_largest_where_lord_says(a: float, b: float, c: float) -> None:
    peak = most_informative_ability(array(a), array(b), array(c))[0]
    if c == 0.0:
        assert peak == pytest.approx(b)
    around = np.linspace(peak - 2.0, peak + 2.0, 401)
    information = item_information(around, array(a), array(b), array(c))
    assert around[int(np.argmax(information))] == pytest.approx(peak, abs=0.011)


def test_information_of_a_test_adds_up_and_gives_the_error_of_measurement() -> None:
    a, b = array(1.0, 2.0, 0.5), array(-1.0, 0.0, 1.0)
    theta = array(-1.0, 0.5)
    total = total_information(theta, a, b)
    each = [sum(item_information(array(t), array(x), array(y))[0] for x, y in zip(a, b, strict=True)) for t in theta]
    assert total == pytest.approx(np.array(each))
    assert standard_error_of_measurement(total) == pytest.approx(1.0 / np.sqrt(total))
    assert standard_error_of_measurement(array(0.0))[0] == math.inf

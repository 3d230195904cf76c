"""Ability from answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.irt import ItemBank, OnlineAbility, abilities, normal_quadrature
from gradatim.memory.irt.climbing import BOUND
from gradatim.memory.irt.scoring import METHODS
from tests.memory.irt.material import draw, rmse

items = st.tuples(st.floats(0.3, 2.5), st.floats(-2.5, 2.5), st.booleans())


def answers(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.int8)


@pytest.mark.parametrize("method", METHODS)
def test_abilities_are_recovered_with_the_error_that_is_stated(method: str) -> None:
    drawn = draw(1500, 40, 1)
    found = abilities(drawn.responses.values, drawn.bank, method=method)  # type: ignore[arg-type]
    inner = np.abs(drawn.theta) < 2.0
    assert rmse(found.theta[inner], drawn.theta[inner]) < 0.42
    z = (found.theta - drawn.theta)[inner] / found.se[inner]
    assert 0.9 < np.std(z) < 1.1


@pytest.mark.parametrize("method", METHODS)
def test_every_pattern_has_a_finite_ability(method: str) -> None:
    bank = ItemBank.from_arrays([1.0, 1.5, 0.7], [-0.5, 0.0, 1.0])
    found = abilities(answers([1, 1, 1], [0, 0, 0], [-1, -1, -1], [1, -1, 0]), bank, method=method)  # type: ignore[arg-type]
    assert np.isfinite(found.theta).all()
    assert found.theta[0] > 0.8 > found.theta[3] > -0.5 > found.theta[1]
    assert found.theta[2] == pytest.approx(0.0, abs=1e-9)
    assert found.bounded.tolist() == [method == "ml", method == "ml", False, False]
    if method == "ml":
        assert found.theta[0] == BOUND
    if method in ("ml", "wle"):
        assert math.isinf(found.se[2])
    else:
        assert found.se[2] == pytest.approx(1.0, abs=1e-3)


def test_the_posterior_mean_is_the_integral() -> None:
    drawn = draw(20, 12, 2, guessing=True)
    theta = np.linspace(-8.0, 8.0, 4001)
    p = drawn.bank.probability(theta)
    found = abilities(drawn.responses.values, drawn.bank)
    for row, mean, se in zip(drawn.matrix, found.theta, found.se, strict=True):
        weights = np.exp(-0.5 * theta**2) * np.where(row == 1.0, p, 1.0 - p).prod(axis=1)
        weights /= weights.sum()
        assert mean == pytest.approx(weights @ theta, abs=1e-4)
        assert se == pytest.approx(math.sqrt(weights @ (theta - weights @ theta) ** 2), abs=1e-4)


@settings(deadline=None, max_examples=60)
@given(st.lists(items, min_size=1, max_size=12))
def test_more_answers_make_the_posterior_narrower_on_average(given_items: list[tuple[float, float, bool]]) -> None:
    bank = ItemBank.from_arrays([a for a, _, _ in given_items], [b for _, b, _ in given_items])
    so_far = [int(correct) for _, _, correct in given_items[:-1]]
    found = abilities(answers([*so_far, -1], [*so_far, 1], [*so_far, 0]), bank)
    before, right, wrong = found.se**2
    # The probability that the last answer is right, from the three means: E[θ] = p·E[θ|1] + (1 − p)·E[θ|0]
    p = (found.theta[0] - found.theta[2]) / (found.theta[1] - found.theta[2])
    assert 0.0 < p < 1.0
    assert p * right + (1.0 - p) * wrong <= before + 1e-9


@given(st.lists(items, min_size=1, max_size=30))
def test_no_answer_makes_online_ability_less_certain(given_items: list[tuple[float, float, bool]]) -> None:
    online = OnlineAbility()
    for a, b, correct in given_items:
        before = online.variance
        online.update(correct, a, b)
        assert online.variance <= before + 1e-12


@given(items, st.floats(0.0, 0.3))
def test_one_answer_gives_online_ability_the_moments_of_the_posterior(
    given_item: tuple[float, float, bool], c: float
) -> None:
    a, b, correct = given_item
    online = OnlineAbility()
    expected = online.predict(a, b, c)
    assert c < expected < 1.0
    assert online.update(correct, a, b, c) == pytest.approx(expected if correct else 1.0 - expected)
    theta = np.linspace(-8.0, 8.0, 2001)
    p = ItemBank.from_arrays([a], [b], [c]).probability(theta)[:, 0]
    weights = np.exp(-0.5 * theta**2) * (p if correct else 1.0 - p)
    weights /= weights.sum()
    assert online.mean == pytest.approx(weights @ theta, abs=0.01)
    assert online.se == pytest.approx(math.sqrt(weights @ (theta - weights @ theta) ** 2), abs=0.01)


def test_online_ability_follows_the_posterior_of_many_answers() -> None:
    drawn = draw(200, 30, 5)
    exact = abilities(drawn.responses.values, drawn.bank)
    means, errors = [], []
    for row in drawn.matrix:
        online = OnlineAbility()
        for item, correct in zip(drawn.bank, row, strict=True):
            online.update(bool(correct), item.a, item.b, item.c)
        assert online.answers == 30
        means.append(online.mean)
        errors.append(online.se)
    assert rmse(np.array(means), exact.theta) < 0.03
    assert rmse(np.array(errors), exact.se) < 0.02
    assert rmse(np.array(means), drawn.theta) < 1.02 * rmse(exact.theta, drawn.theta)


def test_waiting_makes_online_ability_less_certain() -> None:
    online = OnlineAbility(0.5, 0.2)
    online.wait(0.1)
    assert (online.mean, online.variance) == (0.5, pytest.approx(0.3))
    with pytest.raises(ValueError, match="variance"):
        online.wait(-0.1)


def test_a_population_draws_abilities_towards_its_mean() -> None:
    bank = ItemBank.from_arrays([1.0] * 5, [0.0] * 5)
    rows = answers([1, 0, 1, 0, 1])
    low = abilities(rows, bank, population=normal_quadrature(81, mean=-1.0, sd=0.5))
    high = abilities(rows, bank, population=normal_quadrature(81, mean=1.0, sd=0.5))
    assert low.theta[0] < 0.0 < high.theta[0]
    assert abilities(rows, bank, method="map", population=normal_quadrature(81, mean=1.0, sd=0.5)).theta[0] > 0.5


def test_nobody_and_nonsense() -> None:
    bank = ItemBank.from_arrays([1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    assert len(abilities(np.zeros((0, 3), dtype=np.int8), bank).theta) == 0
    with pytest.raises(InputError, match="3 items"):
        abilities(answers([1, 0]), bank)
    with pytest.raises(InputError, match="eap, map, ml, wle"):
        abilities(answers([1, 0, 1]), bank, method="guess")  # type: ignore[arg-type]

"""Simulated tests tell what a design is worth."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.memory.adaptive import (
    CAT,
    ML,
    ContentBalanced,
    Either,
    MaximumItems,
    MinimumError,
    PosteriorInformation,
    Progressive,
    RandomAbility,
    Randomesque,
    RandomItem,
    Simulation,
    Strategies,
    control_exposure,
    simulate,
)
from gradatim.memory.irt import ItemBank

RNG = np.random.default_rng(11)
BANK = ItemBank.from_arrays(
    RNG.lognormal(0.0, 0.3, 300),
    RNG.normal(0.0, 1.0, 300),
    content=["x" if index % 3 else "y" for index in range(300)],
)
THETA = RNG.standard_normal(800)


@pytest.fixture(scope="module")
def adaptive() -> Simulation:
    return simulate(BANK, THETA)


def test_adaptive_tests_measure_better_than_random_ones(adaptive: Simulation) -> None:
    random = simulate(BANK, THETA, Strategies(selection=RandomItem()))
    assert adaptive.rmse < 0.33 < random.rmse
    assert abs(adaptive.bias) < 0.04
    assert adaptive.rmse == pytest.approx(float(adaptive.se.mean()), rel=0.1)
    assert random.overlap < 0.1 < adaptive.overlap
    assert random.unused < 0.01 < adaptive.unused


def test_maximum_likelihood_measures_a_little_worse(adaptive: Simulation) -> None:
    likelihood = simulate(BANK, THETA, Strategies(estimation=ML()))
    assert adaptive.rmse < likelihood.rmse < 1.25 * adaptive.rmse


def test_figures_add_up(adaptive: Simulation) -> None:
    assert (adaptive.length == 20).all()
    assert adaptive.mean_length == 20.0
    assert adaptive.exposure.sum() == pytest.approx(20.0)
    assert sum(adaptive.content_shares.values()) == pytest.approx(1.0)
    error = adaptive.theta - THETA
    assert adaptive.rmse == pytest.approx(np.sqrt(np.mean(error**2)))
    assert adaptive.bias == pytest.approx(np.mean(error))


def test_overlap_is_the_mean_over_all_pairs() -> None:
    bank = ItemBank.from_arrays(np.ones(12), np.linspace(-2.0, 2.0, 12))
    theta = np.linspace(-2.0, 2.0, 9)
    design = Strategies(selection=RandomItem(), stopping=MaximumItems(5))
    found = simulate(bank, theta, design, seed=3)
    # Tests of five items out of twelve chosen at random have 5 · 5/12 items in common
    many = simulate(bank, np.zeros(2000), design, seed=3)
    assert many.overlap == pytest.approx(5.0 / 12.0, abs=0.01)
    assert 0.2 < found.overlap < 0.7


def test_simulations_of_one_seed_are_alike() -> None:
    design = Strategies(selection=Randomesque(3), initialisation=RandomAbility())
    one, same, other = (simulate(BANK, THETA[:50], design, seed=seed) for seed in (1, 1, 2))
    assert (one.theta == same.theta).all()
    assert (one.theta != other.theta).any()


def test_a_single_session_does_the_same_as_the_simulation() -> None:
    design = Strategies(selection=PosteriorInformation(), stopping=MaximumItems(8))
    # Certain answers: whoever is simulated and whoever is asked answer alike.
    truth = ItemBank(BANK.ids, np.full(300, 1e6), BANK.b, BANK.c)
    found = simulate(BANK, [0.4321], design, truth=truth)
    session = CAT(BANK, design)
    while (item := session.next_item()) is not None:
        session.answer(item.id, item.b < 0.4321)
    assert session.estimate.theta == found.theta[0]
    assert session.estimate.se == found.se[0]


def test_tests_that_end_when_they_know_enough_are_of_different_lengths() -> None:
    found = simulate(BANK, THETA, Strategies(stopping=Either((MinimumError(0.32), MaximumItems(40)))))
    assert found.length.min() < found.length.max() <= 40
    assert (found.se[found.length < 40] <= 0.32).all()
    assert found.rmse == pytest.approx(0.32, abs=0.04)


def test_exposure_is_controlled_at_little_cost(adaptive: Simulation) -> None:
    controlled = control_exposure(BANK, Strategies(), limit=0.25, examinees=800, rounds=8)
    found = simulate(BANK, THETA, Strategies(selection=controlled), seed=5)
    assert adaptive.exposure.max() == 1.0
    assert found.exposure.max() < 0.33
    assert found.overlap < 0.6 * adaptive.overlap
    assert found.rmse < 1.25 * adaptive.rmse
    progressive = simulate(BANK, THETA, Strategies(selection=Progressive(20)))
    assert progressive.unused < 0.1 < adaptive.unused
    assert progressive.rmse < 1.2 * adaptive.rmse


def test_a_limit_that_the_bank_cannot_keep_is_refused() -> None:
    with pytest.raises(InputError, match="larger bank"):
        control_exposure(BANK, Strategies(), limit=0.05, examinees=50)
    with pytest.raises(InputError, match="limit"):
        control_exposure(BANK, Strategies(), limit=0.0)


def test_content_shares_are_kept() -> None:
    found = simulate(BANK, THETA[:100], Strategies(selection=ContentBalanced({"x": 0.3, "y": 0.7})))
    assert found.content_shares == pytest.approx({"x": 0.3, "y": 0.7})


def test_wrongly_calibrated_items_measure_worse(adaptive: Simulation) -> None:
    noisy = dataclasses.replace(
        BANK,
        a=BANK.a * np.random.default_rng(1).lognormal(0.0, 0.4, 300),
        b=BANK.b + np.random.default_rng(2).normal(0.0, 0.4, 300),
    )
    assert simulate(noisy, THETA, truth=BANK).rmse > 1.1 * adaptive.rmse


@pytest.mark.parametrize("theta", [[], [np.nan], [[0.0]]])
def test_abilities_that_are_none_are_refused(theta: list[float]) -> None:
    with pytest.raises(InputError, match="abilities"):
        simulate(BANK, theta)
    with pytest.raises(InputError, match="item bank"):
        simulate(ItemBank.from_arrays([], []), [0.0])

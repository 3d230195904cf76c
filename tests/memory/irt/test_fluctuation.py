"""Abilities that differ from sitting to sitting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.irt import (
    ItemBank,
    attenuated,
    attenuation,
    estimate_fluctuation,
    fluctuating_probability,
    probability,
)


@given(st.floats(-4.0, 4.0), st.floats(0.2, 2.5), st.floats(-2.0, 2.0), st.floats(0.0, 0.3), st.floats(0.0, 1.5))
def test_attenuation_stands_for_the_integral(theta: float, a: float, b: float, c: float, sigma: float) -> None:
    one = np.array([theta])
    exact = fluctuating_probability(one, np.array([a]), np.array([b]), np.array([c]), sigma)[0]
    rng = np.random.default_rng(0)
    if sigma > 0.0:
        drawn = probability(theta + sigma * rng.standard_normal(20_000), np.array(a), np.array(b), np.array(c))
        assert exact == pytest.approx(drawn.mean(), abs=5.0 * drawn.std() / 140.0 + 1e-9)
    bank = attenuated(ItemBank.from_arrays([a], [b], [c]), sigma)
    assert bank.probability(one)[0, 0] == pytest.approx(exact, abs=0.015)
    kept = attenuation(np.array([a]), sigma)[0]
    assert 0.0 < kept <= 1.0
    assert attenuation(np.array([a]), sigma + 0.5)[0] < kept


def sittings(sigma: float, seed: int) -> tuple[list[str], np.ndarray, ItemBank]:
    rng = np.random.default_rng(seed)
    bank = ItemBank.from_arrays(rng.lognormal(0.2, 0.3, 20), rng.normal(0.0, 1.0, 20))
    who = np.repeat(np.arange(300), 4)
    theta = rng.normal(0.0, 1.0, 300)[who] + sigma * rng.standard_normal(1200)
    values = (rng.random((1200, 20)) < bank.probability(theta)).astype(np.int8)
    values[rng.random(values.shape) < 0.1] = -1
    order = rng.permutation(1200)
    return [f"s{number}" for number in who[order]], values[order], bank


@pytest.mark.parametrize("sigma", [0.4, 0.8])
def test_fluctuation_is_recovered_from_repeated_sittings(sigma: float) -> None:
    found = estimate_fluctuation(*sittings(sigma, 3))
    assert found.se is not None
    assert found.se < 0.05
    assert abs(found.sigma - sigma) < 3.0 * found.se
    assert found.ability_sd == pytest.approx(1.0, abs=0.15)
    assert found.log_likelihood > found.log_likelihood_without + 20.0


def test_without_fluctuation_none_is_found() -> None:
    found = estimate_fluctuation(*sittings(0.0, 4), ability_sd=1.0)
    assert found.sigma < 0.2
    assert found.log_likelihood - found.log_likelihood_without < 3.0
    assert found.ability_sd == 1.0


def test_learners_who_never_came_back_tell_nothing() -> None:
    _, values, bank = sittings(0.5, 5)
    with pytest.raises(InputError, match="sat once"):
        estimate_fluctuation([str(number) for number in range(1200)], values, bank)
    with pytest.raises(InputError, match="2 sittings"):
        estimate_fluctuation(["a", "a"], values, bank)

"""Items that keep to the model, and one that does not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.memory.irt import ItemBank, Responses, calibrate, mean_squares, score_fit
from gradatim.memory.irt.chisquare import chi_square_tail
from gradatim.memory.irt.itemfit import score_distribution
from tests.memory.irt.material import draw


def test_a_misfit_is_told_from_the_others() -> None:
    drawn = draw(2500, 20, 2)
    rng = np.random.default_rng(2)
    # Able learners fail it as often as weak ones: it peaks in the middle.
    drawn.matrix[:, 4] = rng.random(2500) < np.exp(-(drawn.theta**2))
    responses = drawn.responses
    bank = calibrate(responses).bank
    fits = score_fit(responses, bank)
    assert fits[4].p < 1e-6
    others = [fit.p for index, fit in enumerate(fits) if index != 4]
    assert sum(p < 0.01 for p in others) <= 2
    assert np.median(others) > 0.15
    squares = mean_squares(responses, bank)
    assert np.delete(squares.infit, 4) == pytest.approx(np.ones(19), abs=0.06)
    assert np.delete(squares.outfit, 4) == pytest.approx(np.ones(19), abs=0.15)


def test_noise_raises_and_regularity_lowers_the_mean_squares() -> None:
    drawn = draw(2000, 15, 3)
    # One discrimination for all: items that discriminate less are noisier than that, others more regular.
    flat = ItemBank(drawn.bank.ids, np.full(15, 1.0), drawn.bank.b, drawn.bank.c)
    drawn.matrix[:, 0] = np.random.default_rng(3).random(2000) < 0.5
    drawn.matrix[:, 1] = drawn.theta > drawn.bank.b[1]
    found = mean_squares(drawn.responses, flat)
    assert found.infit[0] > 1.1
    assert found.infit[1] < 0.85


def test_unanswered_items_are_left_out_of_mean_squares() -> None:
    drawn = draw(1500, 12, 4)
    drawn.matrix[np.random.default_rng(4).random(drawn.matrix.shape) < 0.4] = np.nan
    found = mean_squares(drawn.responses, drawn.bank)
    assert found.infit == pytest.approx(np.ones(12), abs=0.08)


def test_score_distribution_sums_over_all_patterns() -> None:
    p = np.random.default_rng(5).random((4, 3))
    expected = np.zeros((5, 3))
    for pattern in itertools.product((0, 1), repeat=4):
        chosen = np.array(pattern)[:, None]
        expected[sum(pattern)] += np.where(chosen == 1, p, 1.0 - p).prod(axis=0)
    assert score_distribution(p) == pytest.approx(expected)


def test_chi_square_tails_are_those_of_the_tables() -> None:
    # Abramowitz and Stegun (1964), table 26.8: percentage points of the chi-square distribution
    table = [(3.84146, 1, 0.05), (18.3070, 10, 0.05), (23.2093, 10, 0.01), (124.342, 100, 0.05), (1.14548, 5, 0.95)]
    for statistic, freedom, p in table:
        assert chi_square_tail(statistic, freedom) == pytest.approx(p, rel=1e-4)
    assert chi_square_tail(0.0, 3) == 1.0
    with pytest.raises(ValueError, match="chi-square"):
        chi_square_tail(-1.0, 3)


def test_items_in_another_order_are_refused() -> None:
    drawn = draw(50, 5, 6)
    responses = Responses.of(drawn.matrix, items=["x", "y", "z", "u", "v"])
    with pytest.raises(InputError, match="not in the same order"):
        mean_squares(responses, drawn.bank)
    drawn.matrix[:, 0] = np.nan
    with pytest.raises(InputError, match="nobody answered all items"):
        score_fit(drawn.responses, drawn.bank)

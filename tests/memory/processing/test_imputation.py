"""Imputed values are conditional expectations, with an uncertainty that holds."""

from __future__ import annotations

import numpy as np
import pytest

from gradatim.memory.processing.imputation import impute
from gradatim.memory.processing.normal import Normal, estimate

KNOWN = Normal(np.array([0.0, 1.0]), np.array([[1.0, 0.6], [0.6, 2.0]]), 100, (0.0,))


def test_two_variables_by_hand() -> None:
    data = np.array([[2.0, np.nan], [np.nan, 3.0], [0.5, 0.5], [np.nan, np.nan]])
    found = impute(data, KNOWN)
    assert found.data[0, 1] == pytest.approx(1.0 + 0.6 * 2.0)
    assert found.data[1, 0] == pytest.approx(0.3 * 2.0)
    first = np.sqrt((2.0 - 0.36) * 100 / 98 * (1 + 0.01 + 4.0 / 100))
    second = np.sqrt((1.0 - 0.18) * 100 / 98 * (1 + 0.01 + 2.0 / 100))
    assert found.error[0, 1] == pytest.approx(first)
    assert found.error[1, 0] == pytest.approx(second)
    assert found.mean_error[:3] == pytest.approx([first / 2, second / 2, 0.0])
    assert found.imputed.tolist() == [[False, True], [True, False], [False, False], [False, False]]
    assert np.isnan(found.data[3]).all()  # of this case nothing is known
    assert (found.data[2] == data[2]).all()
    assert (found.error[2] == 0.0).all()


@pytest.mark.parametrize(("cases", "missing", "rounds"), [(3_000, 0.1, 1), (40, 0.02, 150)])
def test_the_stated_error_is_how_far_the_true_values_lie_off(cases: int, missing: float, rounds: int) -> None:
    draw = np.random.default_rng(1)
    width = 6
    root = np.linalg.cholesky(0.5 * np.eye(width) + 0.5)
    off, means = list[float](), list[float]()
    for _ in range(rounds):
        truth = draw.normal(size=(cases, width)) @ root.T
        data = truth.copy()
        data[draw.random(data.shape) < missing] = np.nan
        found = impute(data, estimate(data))
        off.extend(((found.data - truth)[found.imputed] / found.error[found.imputed]).tolist())
        some = (found.mean_error > 0) & ~np.isnan(found.data).any(axis=1)
        means.extend(((found.data - truth).mean(axis=1)[some] / found.mean_error[some]).tolist())
    assert np.mean(off) == pytest.approx(0.0, abs=0.08)
    assert np.std(off) == pytest.approx(1.0, abs=0.06)
    assert np.std(means) == pytest.approx(1.0, abs=0.06)

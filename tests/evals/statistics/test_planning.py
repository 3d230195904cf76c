"""Power, adjusted p-values and Little's test give the figures of R's pwr, of the papers and of the learner memory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower

from gradatim.errors import InputError
from gradatim.evals.statistics import (
    benjamini_hochberg,
    holm,
    littles_mcar,
    n_for_correlation,
    n_for_power,
    power_correlation,
    power_t,
)  # fmt: skip
from tests.memory.processing.published import AIR_QUALITY, APPLES, EMPLOYEES

THROMBOLYSIS = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
                0.6528, 0.7590, 1.0]  # fmt: skip
"""Benjamini and Hochberg (1995), section 3: fifteen hypotheses of one study."""


def test_power_of_t_as_pwr_prints_it() -> None:
    """R pwr, `pwr.t.test`, in the tests of statsmodels: two-sided, one sample and two."""
    assert power_t(1, 30, design="paired") == pytest.approx(0.9995636009612725, abs=1e-9)
    assert power_t(0.2, 20, design="paired") == pytest.approx(0.1359562887679666, abs=1e-9)
    assert power_t(1, 30) == pytest.approx(0.967708258242517, abs=1e-9)
    assert power_t(0.1, 20) == pytest.approx(0.06095912465411235, abs=1e-9)


def test_cases_as_cohen_prints_them() -> None:
    """Cohen (1988), table 2.4.1: 64 a group for d = .5, 26 for .8, 393 for .2 at power .80 and level .05."""
    assert [n_for_power(d) for d in (0.2, 0.5, 0.8)] == [394, 64, 26]
    assert power_t(0.2, 393) < 0.8 <= power_t(0.2, 394)


def test_unequal_groups_as_statsmodels() -> None:
    theirs = TTestIndPower().power(0.4, 40, 0.01, ratio=2.0)
    assert power_t(0.4, 40, 0.01, ratio=2.0) == pytest.approx(float(theirs), abs=1e-9)


def test_power_of_r_as_pwr_prints_it() -> None:
    """R pwr, `pwr.r.test(r = .3, n = 50)`: 0.5715558; `pwr.r.test(r = .3, power = .80)`: n = 84.07364."""
    assert power_correlation(0.3, 50) == pytest.approx(0.5715558, abs=5e-8)
    assert power_correlation(-0.3, 50) == power_correlation(0.3, 50)
    assert n_for_correlation(0.3) == 85


@given(st.floats(0.1, 2), st.integers(4, 200), st.sampled_from([0.01, 0.05]))
@settings(max_examples=20, deadline=None)
def test_power_grows(effect: float, n: int, alpha: float) -> None:
    assert alpha < power_t(effect, n, alpha) <= power_t(effect, n + 1, alpha) + 1e-9
    assert power_t(effect, n, alpha) == power_t(-effect, n, alpha)
    needed = n_for_power(effect, 0.9, alpha)
    assert power_t(effect, needed, alpha) >= 0.9
    assert needed == 2 or power_t(effect, needed - 1, alpha) < 0.9


def test_power_in_great_samples_and_without_effect() -> None:
    assert power_t(0, 50) == pytest.approx(0.05, abs=1e-9)
    assert power_t(0.01, 10_000_000) == pytest.approx(1.0)
    assert power_t(50, 1000) == 1.0


def test_wrong_plans() -> None:
    for call in (
        lambda: power_t(math.nan, 10), lambda: power_t(0.5, 1), lambda: power_t(0.5, 10, 1.5),
        lambda: power_t(0.5, 10, ratio=0), lambda: n_for_power(0.0), lambda: n_for_power(0.5, 0.01),
        lambda: power_correlation(1.0, 30), lambda: n_for_correlation(0.0),
    ):  # fmt: skip
        with pytest.raises(InputError):
            call()


def test_adjusted_as_published() -> None:
    """Benjamini and Hochberg (1995): four of the fifteen are rejected at .05, and three by Bonferroni's bound."""
    false_discovery, family = benjamini_hochberg(THROMBOLYSIS), holm(THROMBOLYSIS)
    assert [p is not None and p <= 0.05 for p in false_discovery].count(True) == 4
    assert [p is not None and p <= 0.05 for p in family].count(True) == 3
    assert false_discovery[3] == pytest.approx(0.0095 * 15 / 4)
    assert family[:3] == pytest.approx([0.0001 * 15, 0.0004 * 14, 0.0019 * 13])


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12))
@settings(max_examples=30, deadline=None)
def test_definitions_of_adjusted_values(p_values: list[float | None]) -> None:
    there = sorted(p for p in p_values if p is not None)
    m = len(there)
    step_down = {p: min(1.0, max((m - i) * q for i, q in enumerate(there) if q <= p)) for p in there}
    step_up = {p: min(1.0, min(m / (i + 1) * q for i, q in enumerate(there) if q >= p)) for p in there}
    for figure, expected in ((holm, step_down), (benjamini_hochberg, step_up)):
        adjusted = figure(p_values)
        for p, value in zip(p_values, adjusted, strict=True):
            assert (p is None) == (value is None)
            if p is not None:
                assert value == pytest.approx(expected[p], abs=1e-12)


def test_adjusted_as_statsmodels() -> None:
    assert holm(THROMBOLYSIS) == pytest.approx(multipletests(THROMBOLYSIS, method="holm")[1].tolist(), abs=1e-12)
    assert benjamini_hochberg(THROMBOLYSIS) == pytest.approx(
        multipletests(THROMBOLYSIS, method="fdr_bh")[1].tolist(), abs=1e-12
    )


def test_wrong_probabilities() -> None:
    with pytest.raises(InputError, match=r"p_values\[1\]: is 1\.5"):
        holm([0.5, 1.5])
    with pytest.raises(InputError, match=r"p_values\[0\]: is nan"):
        benjamini_hochberg([math.nan])
    with pytest.raises(InputError, match=r"p_values\[0\]: is '0.5'"):
        holm(["0.5"])


@pytest.mark.parametrize(
    ("data", "statistic", "digits", "df"),
    [(AIR_QUALITY, 35.1, 1, 14), (EMPLOYEES, 14.63, 2, 5), (APPLES, 7.357838, 4, 1)],
)
def test_little_as_published(data: np.ndarray, statistic: float, digits: int, df: int) -> None:
    """R naniar's air quality, Enders (2010), R BaylorEdPsych's apples: as the learner memory checks them."""
    rows = [[None if math.isnan(value) else value for value in row] for row in data.tolist()]
    found = littles_mcar(rows)
    assert found.statistic == pytest.approx(statistic, abs=0.5 * 10**-digits)
    assert found.df == df
    assert found == littles_mcar(data.tolist())


def test_what_little_cannot_test() -> None:
    assert littles_mcar([]).p is None
    assert "none lacks any" in littles_mcar([[1, 2], [2, 1], [3, 5], [4, 4]]).method
    assert littles_mcar([[1, 2], [2, 4], [3, None]]).p is None
    with pytest.raises(InputError, match=r"table\[1\]: has 1 values, and the first row has 2"):
        littles_mcar([[1, 2], [1]])
    with pytest.raises(InputError, match=r"table\[0\]\[1\]: is 'a'"):
        littles_mcar([[1, "a"]])

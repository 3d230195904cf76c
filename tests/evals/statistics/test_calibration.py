"""Calibration and discrimination agree with their definitions, with each other and with gradatim's other places."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gradatim.agents.reliability import Binning, expected_calibration_error
from gradatim.errors import InputError
from gradatim.evals.hallucination.scores import area_under_curve
from gradatim.evals.statistics import auc, brier, brier_parts, calibration_error, delong, mann_whitney

CASES = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=40)


@given(CASES, st.integers(1, 12), st.sampled_from(["width", "mass"]))
@settings(max_examples=40, deadline=None)
def test_calibration_error_is_that_of_the_agents(cases: list[tuple[int, bool]], bins: int, binning: Binning) -> None:
    stated, true = [p / 20 for p, _ in cases], [o for _, o in cases]
    found = calibration_error(stated, true, bins, binning=binning, resamples=20)
    assert found.value == pytest.approx(expected_calibration_error(stated, true, bins, binning), abs=1e-12)
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.value <= found.high <= 1


def test_interval_of_the_calibration_error_holds_the_truth() -> None:
    """Of perfect probabilities the lower end is 0; of such that are too low by .2 it is not."""
    draw = np.random.default_rng(4)
    zero = above = covered = 0
    for seed in range(60):
        p = draw.random(300) * 0.8
        found = calibration_error(p, draw.random(300) < p, resamples=200, seed=seed)
        zero += found.low == 0
        found = calibration_error(p, draw.random(300) < p + 0.2, resamples=200, seed=seed)
        assert found.low is not None
        assert found.high is not None
        above += found.low > 0
        covered += found.low <= 0.2 <= found.high
    assert zero >= 54
    assert above == 60
    assert covered >= 52


def test_brier_by_hand() -> None:
    """Brier (1950): the mean of (p − o)², here (.01 + .04 + .36 + .09)/4."""
    found = brier([0.9, 0.2, 0.6, 0.7], [1, 0, 0, 1])
    assert found.value == pytest.approx(0.125)
    half = stats.t.ppf(0.975, 3) * np.std([0.01, 0.04, 0.36, 0.09], ddof=1) / 2
    assert (found.low, found.high) == pytest.approx((max(0.0, 0.125 - half), 0.125 + half))


@given(CASES, st.integers(1, 10))
@settings(max_examples=40, deadline=None)
def test_parts_of_the_brier_score_add_up(cases: list[tuple[int, bool]], bins: int) -> None:
    """Murphy (1973) for one bin a probability; with bins the terms of Stephenson, Coelho and Jolliffe (2008)."""
    stated, true = [p / 20 for p, _ in cases], [o for _, o in cases]
    for parts in (brier_parts(stated, true), brier_parts(stated, true, bins)):
        assert parts is not None
        total = parts.reliability - parts.resolution + parts.uncertainty + parts.within
        assert total == pytest.approx(parts.score, abs=1e-12)
        assert parts.score == pytest.approx(float(np.mean((np.array(stated) - true) ** 2)), abs=1e-12)
        assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0
    exact = brier_parts(stated, true)
    assert exact is not None
    assert exact.within == pytest.approx(0.0, abs=1e-12)


def test_parts_by_hand() -> None:
    """Ten forecasts of .8 of which six come true, ten of .2 of which four do."""
    parts = brier_parts([0.8] * 10 + [0.2] * 10, [1] * 6 + [0] * 4 + [1] * 4 + [0] * 6)
    assert parts is not None
    assert (parts.reliability, parts.resolution, parts.uncertainty) == pytest.approx((0.04, 0.01, 0.25))


def _components(values: np.ndarray, true: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """DeLong's structural components from all pairs."""
    wins = (np.sign(values[true][:, None] - values[~true]) + 1) / 2
    return float(wins.mean()), wins.mean(axis=1), wins.mean(axis=0)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_delong_by_all_pairs(seed: int) -> None:
    """No printed data set: the interval and the test against the definition (DeLong et al., 1988)."""
    draw = np.random.default_rng(seed)
    true = np.array([True] * 9 + [False] * 12)
    a, b = draw.integers(0, 6, 21) + 2 * true, draw.integers(0, 6, 21) + true
    (area_a, up_a, down_a), (area_b, up_b, down_b) = _components(a, true), _components(b, true)
    found = auc(a, true)
    assert found.value == pytest.approx(area_a, abs=1e-12)
    if found.low is not None and found.low > 0:
        error = math.sqrt(up_a.var(ddof=1) / 9 + down_a.var(ddof=1) / 12)
        assert found.low == pytest.approx(area_a - 1.959963984540054 * error, abs=1e-9)
    covariance = np.cov(up_a, up_b) / 9 + np.cov(down_a, down_b) / 12
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    tested = delong(a, b, true)
    if variance > 1e-12:
        assert tested.statistic == pytest.approx((area_a - area_b) / math.sqrt(variance), abs=1e-7)
    assert auc(3 * a + 1, true).value == pytest.approx(area_a, abs=1e-12)
    assert auc(-a, true).value == pytest.approx(1 - area_a, abs=1e-12)
    assert found.value == pytest.approx(area_under_curve(a.tolist(), true.tolist()), abs=1e-12)


def test_area_as_hanley_and_mcneil_print_it() -> None:
    """Hanley and McNeil (1982), table I: 109 images on a scale of 1 to 5; θ = .893 and U/(n·m) the same."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    values = np.repeat([1, 2, 3, 4, 5] * 2, normal + abnormal)
    true = np.repeat([False, True], [58, 51])
    found = auc(values, true)
    assert found.value == pytest.approx(0.893, abs=5e-4)
    assert mann_whitney(values[true], values[~true]).statistic == pytest.approx(found.value * 58 * 51)
    # their standard error, by another formula, is .032
    assert found.high is not None
    assert (found.high - found.value) / 1.96 == pytest.approx(0.032, abs=2e-3)


def test_what_data_do_not_give() -> None:
    assert auc([1, 2, 3], [1, 1, 1]).value is None
    assert auc([], []).value is None
    perfect = auc([1, 2, 3, 4], [0, 0, 1, 1])
    assert (perfect.value, perfect.low) == (1.0, None)
    assert delong([1, 2, 3, 4], [1, 2, 3, 4], [0, 0, 1, 1]).p is None
    assert delong([1, 2], [1, 2], [0, 1]).p is None
    assert brier([], []).value is None
    assert brier_parts([], []) is None
    assert calibration_error([], []).value is None
    assert calibration_error([0.5], [1]).low is None
    with pytest.raises(InputError, match=r"probabilities\[1\]: is 1\.5, not in \[0, 1\]"):
        brier([0.5, 1.5], [0, 1])
    with pytest.raises(InputError, match=r"outcomes\[0\]: is 0\.5, neither 0 nor 1"):
        calibration_error([0.5], [0.5])
    with pytest.raises(InputError, match="binning"):
        calibration_error([0.5], [1], binning="even")
    with pytest.raises(InputError, match="bins"):
        calibration_error([0.5], [1], 0)

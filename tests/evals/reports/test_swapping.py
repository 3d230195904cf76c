"""Permutation tests and figures of sums, against scipy and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gradatim.evals.reports.matching import Floats
from gradatim.evals.reports.sums import (
    average,
    average_sums,
    calibration_bias,
    calibration_error,
    calibration_sums,
    correlation,
    correlation_sums,
    risk_coverage_area,
)
from gradatim.evals.reports.swapping import MANY, interval, of_one, swap_test
from gradatim.evals.statistics import calibration_error as plain_error


def test_few_examples_are_tested_exactly_as_scipy_does() -> None:
    rng = np.random.default_rng(3)
    old, new = rng.random(9), rng.random(9) + 0.3
    exact = stats.permutation_test((new - old,), np.mean, permutation_type="samples", n_resamples=np.inf)
    found = swap_test(average, average_sums(old), average_sums(new))
    assert found.p == pytest.approx(exact.pvalue, abs=1e-12)
    assert found.method == "paired permutation, all 512 swaps"


def test_many_examples_are_tested_by_random_swaps_near_the_t_test() -> None:
    rng = np.random.default_rng(4)
    old = rng.random(80)
    new = old + rng.normal(0.08, 0.3, 80)
    found = swap_test(average, average_sums(old), average_sums(new))
    assert found.p == pytest.approx(stats.ttest_rel(old, new).pvalue, abs=0.01)
    assert swap_test(average, average_sums(old), average_sums(old)).p == 1.0


def test_a_clear_difference_has_the_smallest_p_and_never_zero() -> None:
    old, new = np.zeros(40), np.ones(40)
    assert swap_test(average, average_sums(old), average_sums(new), swaps=999).p == 1 / 1000


def test_correlation_from_sums_is_pearsons() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.random(30), rng.random(30)
    assert float(correlation(correlation_sums(x, y).sum(axis=0))) == pytest.approx(stats.pearsonr(x, y)[0], abs=1e-12)
    assert np.isnan(correlation(correlation_sums(x, np.full(30, 0.1)).sum(axis=0)))
    assert swap_test(correlation, correlation_sums(x, x * 0), correlation_sums(x, y)).p is None


def test_calibration_error_from_sums_is_the_plain_one() -> None:
    rng = np.random.default_rng(6)
    probabilities = rng.random(200)
    outcomes = (rng.random(200) < probabilities**2).astype(float)
    owner = [number // 2 for number in range(200)]
    sums = calibration_sums(probabilities, outcomes, owner, 100)
    plain = plain_error(probabilities.tolist(), outcomes.tolist(), bins=10)
    assert float(calibration_error(sums.sum(axis=0))) == pytest.approx(plain.value, abs=1e-12)
    assert float(calibration_bias(sums.sum(axis=0))) == pytest.approx(abs(outcomes.mean() - probabilities.mean()))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.5, 0.9]), st.booleans()), min_size=1, max_size=7))
def test_area_under_risk_and_coverage_is_the_mean_over_all_orders_of_equals(cases: list[tuple[float, bool]]) -> None:
    confidences = np.array([confidence for confidence, _ in cases])
    wrong = np.array([float(not right) for _, right in cases])
    # the expected risk when equals are kept in random order
    rng = np.random.default_rng(0)
    areas = []
    for _ in range(400):
        order = np.lexsort((rng.random(len(cases)), -confidences))
        areas.append(float(np.mean(np.cumsum(wrong[order]) / np.arange(1, len(cases) + 1))))
    found = float(risk_coverage_area(confidences, wrong))
    assert found == pytest.approx(float(np.mean(areas)), abs=4 * float(np.std(areas)) / 20 + 1e-9)
    stacked = risk_coverage_area(np.stack([confidences, confidences]), np.stack([wrong, 1 - wrong]))
    assert stacked[0] == pytest.approx(found)


def _samples(n: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(n)
    return average_sums(rng.random(n)), average_sums(rng.random(n) + 0.1)


@pytest.mark.parametrize("n", [60, MANY])
def test_intervals_of_a_mean_are_those_of_t(n: int) -> None:
    old, new = _samples(n)
    found = interval(average, old, new)
    moved = new[:, 1] - old[:, 1]
    half = 1.96 * moved.std(ddof=1) / np.sqrt(n)
    assert found.value == pytest.approx(moved.mean())
    assert found.low == pytest.approx(moved.mean() - half, abs=0.1 * half)
    assert found.high == pytest.approx(moved.mean() + half, abs=0.1 * half)
    one = of_one(average, new)
    assert one.low is not None
    assert one.high is not None
    assert one.low < new[:, 1].mean() < one.high


def test_one_example_or_none_has_no_interval() -> None:
    old, new = _samples(1)
    assert interval(average, old, new).low is None
    assert interval(average, old[:0], new[:0]).value is None
    assert of_one(average, old[:0]).value is None

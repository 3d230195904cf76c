"""Correlations and their intervals give published figures and obey their symmetries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gradatim.errors import InputError
from gradatim.evals.statistics import (
    fisher_interval,
    independent_correlations,
    pearson,
    pearson_test,
    spearman,
    spearman_test,
)  # fmt: skip
from tests.evals.statistics.published import TUNA_LIGHTNESS, TUNA_QUALITY

NUMBERS = st.lists(st.integers(-50, 50), min_size=5, max_size=20)


def test_pearson_as_r_prints_it() -> None:
    """R `cor.test`, its own example: t = 1.8411, df = 7, p = 0.1082, r = 0.5711816, [-0.1497426, 0.8955795]."""
    found = pearson_test(TUNA_LIGHTNESS, TUNA_QUALITY)
    assert found.statistic == pytest.approx(1.8411, abs=5e-5)
    assert (found.df, found.n) == (7, 9)
    assert found.p == pytest.approx(0.1082, abs=5e-5)
    assert found.effect is not None
    assert (found.effect.value, found.effect.low, found.effect.high) == pytest.approx(
        (0.5711816, -0.1497426, 0.8955795), abs=5e-8
    )


def test_pearson_and_spearman_as_scipy_computes_them() -> None:
    draw = np.random.default_rng(1)
    x = draw.integers(0, 8, 40).astype(float)
    y = x + draw.integers(0, 8, 40)
    theirs = stats.pearsonr(x, y)
    ends = theirs.confidence_interval(0.9)
    ours = pearson(x, y, 0.9)
    assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.statistic, ends.low, ends.high), abs=1e-12)
    assert pearson_test(x, y).p == pytest.approx(theirs.pvalue, rel=1e-9)
    ranked = stats.spearmanr(x, y)
    assert spearman(x, y).value == pytest.approx(ranked.statistic, abs=1e-12)
    assert spearman_test(x, y).p == pytest.approx(ranked.pvalue, rel=1e-9)


def test_spearman_interval_has_the_variance_of_bonett_and_wright() -> None:
    """Bonett and Wright (2000), formula 3, evaluated by hand for ρ = .5, n = 20."""
    x = list(range(20))
    y = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1]
    found = spearman(x, y)
    assert found.value is not None
    half = 1.959963984540054 * math.sqrt((1 + found.value**2 / 2) / 17)
    assert found.low == pytest.approx(math.tanh(math.atanh(found.value) - half), abs=1e-12)
    assert found.high == pytest.approx(math.tanh(math.atanh(found.value) + half), abs=1e-12)


def test_spearman_interval_keeps_its_level() -> None:
    draw = np.random.default_rng(4)
    rho = 6 / math.pi * math.asin(0.6 / 2)
    hits = 0
    for _ in range(300):
        x = draw.normal(size=40)
        found = spearman(x, 0.6 * x + 0.8 * draw.normal(size=40))
        hits += found.low is not None and found.high is not None and found.low <= rho <= found.high
    assert 0.91 < hits / 300 < 0.985


def test_independent_correlations_as_published() -> None:
    """stat-help.com's spreadsheet: r .4 and .5 of 100 each; Zou (2007), p. 409: r .49 of 145 and .36 of 87."""
    found = independent_correlations(0.4, 100, 0.5, 100)
    assert found.statistic == pytest.approx(-0.8751012342, abs=5e-11)
    assert found.p == pytest.approx(0.3815188256, abs=5e-11)
    effect = independent_correlations(0.49, 145, 0.36, 87).effect
    assert effect is not None
    assert (effect.low, effect.high) == pytest.approx((-0.087, 0.359), abs=5e-4)
    # Cohen, Cohen, West and Aiken (2003), formula 2.8.11, as R's cocor computes it
    assert independent_correlations(0.657, 62, 0.430, 143).statistic == pytest.approx(2.110737, abs=5e-7)


@given(NUMBERS, st.integers(1, 9), st.integers(-30, 30))
@settings(max_examples=25, deadline=None)
def test_scale_and_order_of_cases_do_not_matter(x: list[int], scale: int, shift: int) -> None:
    y = [(value * 7 + at * at) % 23 for at, value in enumerate(x)]
    for figure in (pearson, spearman):
        first = figure(x, y)
        moved = figure([scale * value + shift for value in x], y)
        turned = figure(x[::-1], y[::-1])
        swapped = figure(y, x)
        negative = figure([-value for value in x], y)
        if first.value is None:
            assert moved.value is turned.value is swapped.value is None
            continue
        for other in (moved, turned, swapped):
            assert (other.value, other.low, other.high) == pytest.approx((first.value, first.low, first.high), abs=1e-9)
        assert negative.value == pytest.approx(-first.value, abs=1e-12)
        assert -1 <= first.value <= 1


@given(NUMBERS)
@settings(max_examples=20, deadline=None)
def test_spearman_sees_only_the_order(x: list[int]) -> None:
    y = [(value * 5 + at) % 17 for at, value in enumerate(x)]
    cubes = [float(value) ** 3 for value in x]
    assert spearman(cubes, y) == spearman(x, y)


def test_what_data_do_not_give() -> None:
    assert pearson([1, 2], [3, 4]).value is None
    assert "fewer than 3" in pearson([1, 2], [3, 4]).method
    assert pearson([1, 1, 1, 1], [1, 2, 3, 4]).value is None
    # rounding alone makes no correlation
    assert pearson([0.3, 0.1 + 0.2, 0.3, 0.3], [1, 2, 3, 4]).value is None
    three = pearson([1, 2, 3], [1, 3, 2])
    assert three.value == pytest.approx(0.5)
    assert three.low is None
    perfect = pearson([1, 2, 3, 4], [2, 4, 6, 8])
    assert (perfect.value, perfect.low) == (1.0, None)
    assert "perfect" in perfect.method
    assert pearson_test([1, 2, 3, 4], [2, 4, 6, 8]).p is None
    assert fisher_interval(0.3, 3).low is None
    with pytest.raises(InputError, match=r"r: is 1\.2"):
        fisher_interval(1.2, 30)

"""Bootstrap and permutation give published figures, keep their level, and are repeatable."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from gradatim.errors import InputError
from gradatim.evals.statistics import bootstrap, pearson, permutation
from tests.evals.statistics.published import DARWIN, SPATIAL


def test_bca_as_efron_and_tibshirani_print_it() -> None:
    """Efron and Tibshirani (1993), table 14.2: variance of test A 171.5, 90 % BCa interval (115.8, 259.6).

    Theirs rests on 2,000 resamples, so that its ends are uncertain by some units.
    """
    found = bootstrap(np.var, SPATIAL, level=0.9, resamples=9999)
    assert found.value == pytest.approx(171.5, abs=0.05)
    assert (found.low, found.high) == pytest.approx((115.8, 259.6), abs=5.0)
    assert "BCa" in found.method


def test_a_statistic_that_knows_no_axis_is_called_resample_by_resample() -> None:
    def spread(values: NDArray[np.float64]) -> float:
        return float(values.max() - values.min())

    found = bootstrap(spread, SPATIAL, resamples=200)
    assert found.value == 48
    assert found.low is not None
    assert found.low <= 48


def test_paired_samples_are_drawn_together() -> None:
    x = np.arange(30.0)
    y = x + np.random.default_rng(1).normal(size=30)

    def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
        return float(one.mean() - other.mean())

    together = bootstrap(difference, x, y, resamples=200, paired=True)
    apart = bootstrap(difference, x, y, resamples=200)
    assert None not in (together.low, together.high, apart.low, apart.high)
    assert together.high - together.low < 1 < 5 < apart.high - apart.low
    assert (together.n, apart.n) == (30, 60)
    correlated = bootstrap(pearson, x, y, resamples=200, paired=True)
    assert correlated.low is not None
    assert correlated.low > 0.95


def test_bootstrap_keeps_its_level() -> None:
    draw = np.random.default_rng(3)
    hits = 0
    for seed in range(150):
        found = bootstrap(np.mean, draw.exponential(size=40), resamples=400, seed=seed)
        hits += found.low is not None and found.high is not None and found.low <= 1 <= found.high
    assert 0.87 < hits / 150 < 1


def test_fishers_darwin_by_all_signs() -> None:
    """Fisher (1935), section 21: 863 of the 32,768 sums are as great as that observed, and 863 as small: .05267."""
    found = permutation(DARWIN, [0] * 15, paired=True, resamples=40_000)
    assert found.p == 2 * 863 / 32_768
    assert "exact" in found.method
    assert found.statistic == pytest.approx(314 / 15)
    drawn = permutation(DARWIN, [0] * 15, paired=True, resamples=9999)
    assert drawn.p == pytest.approx(2 * 863 / 32_768, abs=0.007)
    assert "random" in drawn.method


@given(st.lists(st.integers(0, 6), min_size=2, max_size=5), st.lists(st.integers(0, 6), min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_labels_by_brute_force(x: list[int], y: list[int]) -> None:
    together = x + y
    total = sum(together)
    means = [
        sum(chosen) / len(x) - (total - sum(chosen)) / len(y) for chosen in itertools.combinations(together, len(x))
    ]
    observed = np.mean(x) - np.mean(y)
    tails = np.mean([m >= observed - 1e-9 for m in means]), np.mean([m <= observed + 1e-9 for m in means])
    assert permutation(x, y, resamples=300).p == pytest.approx(min(1.0, 2 * min(tails)), abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_signs_by_brute_force(pairs: list[tuple[int, int]]) -> None:
    off = [one - other for one, other in pairs]
    sums = [abs(sum(d if sign else -d for d, sign in zip(off, signs, strict=True)))
            for signs in itertools.product((0, 1), repeat=len(off))]  # fmt: skip
    expected = np.mean([s >= abs(sum(off)) for s in sums])
    found = permutation([one for one, _ in pairs], [other for _, other in pairs], paired=True, resamples=300)
    assert found.p == pytest.approx(float(expected), abs=1e-12)


def test_random_labels_agree_with_the_t_test_and_are_never_0() -> None:
    draw = np.random.default_rng(5)
    x, y = draw.normal(0.4, size=40), draw.normal(size=50)
    assert permutation(x, y, resamples=2000).p == pytest.approx(stats.ttest_ind(x, y).pvalue, abs=0.02)
    assert permutation(x + 9, y, resamples=500).p == pytest.approx(2 / 501, abs=1e-12)
    assert permutation(x + 9, y[:40], paired=True, resamples=500).p == pytest.approx(1 / 501, abs=1e-12)


def test_the_same_seed_gives_the_same() -> None:
    assert bootstrap(np.mean, SPATIAL, resamples=100) == bootstrap(np.mean, SPATIAL, resamples=100)
    assert bootstrap(np.mean, SPATIAL, resamples=100, seed=1) != bootstrap(np.mean, SPATIAL, resamples=100)
    x = [float(value) for value in range(20)]
    y = [value + 0.5 * (at % 3) for at, value in enumerate(x)]
    assert permutation(x, y, resamples=100) == permutation(x, y, resamples=100)


def test_memory_is_bounded() -> None:
    """20,000 values 400 times over are 64 MB at once; a step holds an eighth of it."""
    x = np.random.default_rng(0).normal(size=20_000)
    bootstrap(np.mean, x[:50], resamples=20)
    permutation(x[:50], x[50:100], paired=True, resamples=20)
    tracemalloc.start()
    try:
        found = bootstrap(np.mean, x, resamples=400)
        permutation(x, x + 0.01, paired=True, resamples=400)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "percentile" in found.method
    assert peak < 40e6


def test_what_data_do_not_give() -> None:
    assert bootstrap(np.mean, []).value is None
    assert bootstrap(np.mean, [1.0]).low is None
    flat = bootstrap(np.mean, [1.0, 1.0, 1.0])
    assert (flat.value, flat.low) == (1.0, None)
    assert "same" in flat.method
    assert bootstrap(lambda values: float("nan"), [1, 2, 3]).value is None
    assert bootstrap(lambda values: None, [1, 2, 3]).value is None
    with pytest.raises(InputError, match="statistic: gives str, no number"):
        bootstrap(lambda values: "1", [1, 2, 3])
    same = permutation([1, 2, 3], [1, 2, 3], paired=True)
    assert (same.p, same.statistic) == (1.0, 0.0)
    assert permutation([1, 1], [1, 1]).p == 1.0
    assert permutation([], [1]).p is None
    with pytest.raises(InputError, match="there is no sample"):
        bootstrap(np.mean)
    with pytest.raises(InputError, match=r"samples\[0\] has 2 values and samples\[1\] has 1"):
        bootstrap(np.mean, [1, 2], [1], paired=True)
    with pytest.raises(InputError, match="resamples"):
        bootstrap(np.mean, [1, 2], resamples=3)
    with pytest.raises(InputError, match="x has 1 values and y has 2"):
        permutation([1], [1, 2], paired=True)

"""Tests of two samples give R's figures, and published ones where there are some."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gradatim.errors import InputError
from gradatim.evals.statistics import mann_whitney, mean, normalised_gain, paired_t, rank_biserial, welch, wilcoxon
from tests.evals.statistics.published import (
    AUTOMATIC,
    DARWIN,
    DEPRESSION_FIRST,
    DEPRESSION_SECOND,
    EARLY,
    MANUAL,
    SLEEP_1,
    SLEEP_2,
    TERM,
)  # fmt: skip


def test_welch_as_r_prints_it() -> None:
    """R `t.test(extra ~ group, data = sleep)`: t = -1.8608, df = 17.776, p = 0.07939, [-3.3654832, 0.2054832]."""
    found = welch(SLEEP_1, SLEEP_2)
    assert (found.statistic, found.df, found.p) == (
        pytest.approx(-1.8608, abs=5e-5), pytest.approx(17.776, abs=5e-4), pytest.approx(0.07939, abs=5e-6),
    )  # fmt: skip
    assert found.effect is not None
    assert (found.effect.low, found.effect.high) == pytest.approx((-3.3654832, 0.2054832), abs=5e-8)


def test_welch_of_unequal_groups_as_r_prints_it() -> None:
    """R `t.test(mpg ~ am, data = mtcars)`: t = -3.7671, df = 18.332, p = 0.001374, [-11.280194, -3.209684]."""
    found = welch(AUTOMATIC, MANUAL)
    assert (found.statistic, found.p) == pytest.approx((-3.7671, 0.001374), abs=5e-5)
    assert found.df == pytest.approx(18.332, abs=5e-4)
    assert found.effect is not None
    assert (found.effect.low, found.effect.high) == pytest.approx((-11.280194, -3.209684), abs=5e-7)


def test_pairs_as_r_prints_them() -> None:
    """R, the same data paired: t = -4.0621, df = 9, p = 0.002833, [-2.4598858, -0.7001142]."""
    found = paired_t(SLEEP_1, SLEEP_2)
    assert (found.statistic, found.p) == pytest.approx((-4.0621, 0.002833), abs=5e-5)
    assert found.df == 9
    assert found.effect is not None
    assert (found.effect.low, found.effect.high) == pytest.approx((-2.4598858, -0.7001142), abs=5e-8)


def test_pairs_as_fisher_prints_them() -> None:
    """Fisher (1935), section 17: t = 2.148 of Darwin's fifteen differences."""
    assert paired_t(DARWIN, [0] * 15).statistic == pytest.approx(2.148, abs=5e-4)


def test_signed_ranks_as_hollander_and_wolfe_print_them() -> None:
    """Hollander and Wolfe (1973), p. 29: T⁺ = 40, one-sided p = .0195 (R: V = 40, p = 0.01953)."""
    found = wilcoxon(DEPRESSION_FIRST, DEPRESSION_SECOND)
    assert (found.statistic, found.p) == (40.0, pytest.approx(2 * 0.01953, abs=1e-5))
    assert wilcoxon(DEPRESSION_SECOND, DEPRESSION_FIRST).statistic == 5.0


def test_rank_sums_as_hollander_and_wolfe_print_them() -> None:
    """Hollander and Wolfe (1973), p. 69: one-sided p = .127 (R: W = 35, p = 0.1272)."""
    found = mann_whitney(TERM, EARLY)
    assert (found.statistic, found.p) == (35.0, pytest.approx(2 * 0.1272, abs=1e-4))


def test_shifts_by_brute_force() -> None:
    """Order statistics of all differences and means; which ones from enumerating all ranks (no printed digits)."""
    found = mann_whitney(TERM, EARLY).effect
    differences = sorted(x - y for x in TERM for y in EARLY)
    sums = [sum(choice) - 15 for choice in itertools.combinations(range(1, 16), 5)]
    cut = next(c for c in range(51) if np.mean([u <= c for u in sums]) >= 0.025)
    assert found is not None
    assert found.value == pytest.approx(float(np.median(differences)), abs=1e-12)
    assert (found.low, found.high) == pytest.approx((differences[cut - 1], differences[50 - cut]), abs=1e-12)
    paired = wilcoxon(DEPRESSION_FIRST, DEPRESSION_SECOND).effect
    off = [x - y for x, y in zip(DEPRESSION_FIRST, DEPRESSION_SECOND, strict=True)]
    means = sorted((one + other) / 2 for one, other in itertools.combinations_with_replacement(off, 2))
    ranks = [np.dot(signs, range(1, 10)) for signs in itertools.product((0, 1), repeat=9)]
    cut = next(c for c in range(46) if np.mean([t <= c for t in ranks]) >= 0.025)
    assert paired is not None
    assert paired.value == pytest.approx(float(np.median(means)), abs=1e-12)
    assert (paired.low, paired.high) == pytest.approx((means[cut - 1], means[45 - cut]), abs=1e-12)


def test_bisection_finds_the_order_statistics_that_laying_out_does(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(6)
    for x, y in ((draw.normal(size=60), draw.normal(1, size=70)), (draw.integers(0, 9, 60), draw.integers(0, 9, 60))):
        laid = mann_whitney(x, y).effect, wilcoxon(x[:60], y[:60]).effect
        with monkeypatch.context() as patch:
            patch.setattr("gradatim.evals.statistics.shift._LAID_OUT", 0)
            found = mann_whitney(x, y).effect, wilcoxon(x[:60], y[:60]).effect
        for one, other in zip(laid, found, strict=True):
            assert one is not None
            assert other is not None
            assert (other.value, other.low, other.high) == pytest.approx((one.value, one.low, one.high), abs=1e-13)


def test_ties_as_scipy_and_by_enumeration() -> None:
    draw = np.random.default_rng(11)
    x, y = draw.integers(0, 5, 7), draw.integers(1, 6, 6)
    theirs = stats.mannwhitneyu(x, y, method=stats.PermutationMethod(n_resamples=np.inf))
    assert mann_whitney(x, y).p == pytest.approx(theirs.pvalue, abs=1e-9)
    assert "exact with ties" in mann_whitney(x, y).method
    x, y = draw.integers(0, 5, 60), draw.integers(1, 6, 50)
    assert mann_whitney(x, y).p == pytest.approx(stats.mannwhitneyu(x, y, method="asymptotic").pvalue, rel=1e-9)
    assert wilcoxon(x[:50], y).p == pytest.approx(
        stats.wilcoxon(x[:50], y, correction=True, method="asymptotic").pvalue, rel=1e-9
    )
    off = [1, 1, -1, 2, 3, 3, -2, 4]
    ranks = stats.rankdata(np.abs(off))
    sums = [float(np.dot(signs, ranks)) for signs in itertools.product((0, 1), repeat=8)]
    observed = float(ranks[np.array(off) > 0].sum())
    expected = 2 * min(np.mean([s >= observed for s in sums]), np.mean([s <= observed for s in sums]))
    assert wilcoxon(off, [0] * 8).p == pytest.approx(min(1.0, expected), abs=1e-12)


def test_rounding_makes_no_differences() -> None:
    """0.3 − 0.2, 0.2 − 0.1 and 0.8 − 0.7 are equal differences, whatever binary fractions make of them."""
    x, y = [0.3, 0.2, 0.8, 0.5, 0.6], [0.2, 0.1, 0.7, 0.6, 0.4]
    tenths = wilcoxon([3, 2, 8, 5, 6], [2, 1, 7, 6, 4])
    found = wilcoxon(x, y)
    assert (found.statistic, found.p) == (tenths.statistic, tenths.p)


def test_rank_biserial_counts_pairs() -> None:
    """Cliff's δ by counting all pairs; the matched form is (T⁺ − T⁻)/(T⁺ + T⁻) of the published ranks (Kerby, 2014)."""
    wins = np.mean([np.sign(x - y) for x in AUTOMATIC for y in MANUAL])
    found = rank_biserial(AUTOMATIC, MANUAL)
    assert found.value == pytest.approx(float(wins), abs=1e-12)
    assert mann_whitney(AUTOMATIC, MANUAL, effect="rank_biserial").effect == found
    matched = wilcoxon(DEPRESSION_FIRST, DEPRESSION_SECOND, effect="rank_biserial").effect
    assert matched is not None
    assert matched.value == pytest.approx((40 - 5) / 45, abs=1e-12)


def test_normalised_gain_of_class_means() -> None:
    """Hake (1998), formula 1, and the standard error against the jackknife."""
    draw = np.random.default_rng(2)
    pre = draw.uniform(20, 60, 80)
    post = pre + draw.uniform(0, 35, 80)
    found = normalised_gain(pre, post, 100)
    assert found.value == pytest.approx((post.mean() - pre.mean()) / (100 - pre.mean()), abs=1e-12)
    left = [normalised_gain(np.delete(pre, at), np.delete(post, at), 100).value or 0.0 for at in range(80)]
    error = np.sqrt(79 / 80 * np.sum((np.array(left) - np.mean(left)) ** 2))
    assert found.high is not None
    assert found.low is not None
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(float(error), rel=0.03)
    assert normalised_gain([1, 1], [1, 1]).value is None
    with pytest.raises(InputError, match="above 1"):
        normalised_gain([0.5], [1.5])


def test_mean_with_its_interval() -> None:
    ends = stats.t.interval(0.9, 9, np.mean(SLEEP_1), stats.sem(SLEEP_1))
    found = mean(SLEEP_1, 0.9)
    assert (found.value, found.low, found.high) == pytest.approx((0.75, *ends), abs=1e-12)
    assert mean([]).value is None
    assert mean([2.0]).low is None
    assert (mean([True, True, True]).value, mean([True, True, True]).low) == (1.0, None)


@given(st.lists(st.integers(-9, 9), min_size=3, max_size=9), st.lists(st.integers(-9, 9), min_size=3, max_size=9))
@settings(max_examples=25, deadline=None)
def test_exchanging_the_samples_turns_the_effect_only(x: list[int], y: list[int]) -> None:
    size = min(len(x), len(y))
    for test, pairs in ((welch, False), (paired_t, True), (mann_whitney, False), (wilcoxon, True)):
        first, second = (x[:size], y[:size]) if pairs else (x, y)
        found, swapped = test(first, second), test(second, first)
        assert (found.p is None) == (swapped.p is None)
        if found.p is not None:
            assert swapped.p == pytest.approx(found.p, abs=1e-9)
            assert 0 <= found.p <= 1
        assert found.effect is not None
        assert swapped.effect is not None
        if found.effect.value is not None:
            assert swapped.effect.value == pytest.approx(-found.effect.value, abs=1e-9)
        if found.effect.low is not None:
            assert swapped.effect.high == pytest.approx(-found.effect.low, abs=1e-9)


def test_what_data_do_not_give() -> None:
    assert welch([1, 1], [2, 2]).p is None
    assert welch([1], [2, 3]).p is None
    assert welch([], [2, 3]).p is None
    assert welch([1, 1, 1], [1, 2, 3]).p is not None
    assert paired_t([1, 2], [2, 3]).p is None
    assert paired_t([1, 2, 3], [1, 2, 3]).p is None
    assert wilcoxon([1, 2, 3], [1, 2, 3]).p == 1.0
    assert wilcoxon([], []).p is None
    assert mann_whitney([1, 1], [1, 1]).p == 1.0
    assert mann_whitney([], [1]).p is None
    assert mann_whitney([1], [2]).p == 1.0
    assert mann_whitney([1, 2], [3, 4]).effect.low is None
    with pytest.raises(InputError, match="x has 2 values and y has 1"):
        wilcoxon([1, 2], [1])
    with pytest.raises(InputError, match="effect"):
        mann_whitney([1, 2], [1, 3], effect="d")

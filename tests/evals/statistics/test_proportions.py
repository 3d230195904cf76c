"""Score intervals of shares and McNemar's test give the figures of Newcombe, Agresti and Fagerland."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from gradatim.errors import InputError
from gradatim.evals.statistics import (
    difference_of_proportions,
    mcnemar,
    mcnemar_of,
    paired_difference,
    paired_difference_of_counts,
    proportion,
)  # fmt: skip


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_single_shares_as_newcombe_prints_them(successes: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I, method 3."""
    found = proportion(successes, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_difference_of_groups_as_newcombe_prints_it() -> None:
    """Newcombe (1998), comparison of eleven methods, table II, example d: 5/56 − 0/29, method 10: -.0381, .1926."""
    found = difference_of_proportions(5, 56, 0, 29)
    assert (found.low, found.high) == pytest.approx((-0.0381, 0.1926), abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "low", "high", "digits"),
    [
        ((20, 12, 2, 16), 0.0562, 0.3292, 4),  # Newcombe (1998), paired data, method 10
        ((8, 3, 1, 2), -0.1574, 0.4136, 4),  # Tang, Tang and Chan (2010)
        ((1, 1, 7, 12), -0.507, -0.026, 3),  # Fagerland, Lydersen and Laake (2014)
        ((7, 25, 2, 68), 0.133, 0.318, 3),  # Chang et al. (2024)
    ],
)
def test_paired_differences_as_published(
    counts: tuple[int, int, int, int], low: float, high: float, digits: int
) -> None:
    """The published figures as the tests of R's ratesci list them."""
    found = paired_difference_of_counts(*counts)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.5 * 10**-digits + 1e-9)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 30), st.integers(1, 30), st.sampled_from([0.8, 0.95]))
@settings(max_examples=30, deadline=None)
def test_as_statsmodels_computes_it(a: int, more_a: int, b: int, more_b: int, level: float) -> None:
    n_a, n_b = a + more_a, b + more_b
    theirs = proportion_confint(a, n_a, alpha=1 - level, method="wilson")
    ours = proportion(a, n_a, level)
    assert (ours.low, ours.high) == pytest.approx(theirs, abs=1e-12)
    both = confint_proportions_2indep(a, n_a, b, n_b, method="newcomb", alpha=1 - level)
    found = difference_of_proportions(a, n_a, b, n_b, level)
    assert (found.low, found.high) == pytest.approx(both, abs=1e-12)
    swapped = difference_of_proportions(b, n_b, a, n_a, level)
    assert (swapped.low, swapped.high) == pytest.approx((-both[1], -both[0]), abs=1e-12)


@given(st.tuples(*[st.integers(0, 12)] * 4))
@settings(max_examples=30, deadline=None)
def test_paired_symmetries(counts: tuple[int, int, int, int]) -> None:
    both, only_a, only_b, neither = counts
    found = paired_difference_of_counts(*counts)
    if not sum(counts):
        assert found.value is None
        return
    swapped = paired_difference_of_counts(both, only_b, only_a, neither)
    turned = paired_difference_of_counts(neither, only_a, only_b, both)
    assert (swapped.low, swapped.high) == pytest.approx((-found.high, -found.low), abs=1e-12)
    assert (turned.low, turned.high) == pytest.approx((found.low, found.high), abs=1e-12)
    assert -1 <= found.low <= found.value <= found.high <= 1


def test_mcnemar_as_r_prints_it() -> None:
    """Agresti (1990), p. 350, approval of the President: χ² = 17.356, p = 3.099e-05; corrected 16.818 (R)."""
    plain = mcnemar_of(150, 86, method="chi2")
    assert (plain.statistic, plain.df) == (pytest.approx(17.356, abs=5e-4), 1)
    assert plain.p == pytest.approx(3.099e-05, abs=5e-9)
    assert mcnemar_of(150, 86, method="chi2-corrected").statistic == pytest.approx(16.818, abs=5e-4)


def test_mcnemar_by_the_binomial() -> None:
    """Fagerland, Lydersen and Laake (2013), table 1 (1 and 7 discordant): 2·9/2⁸, less 8/2⁸ for the mid-p."""
    assert mcnemar_of(1, 7).p == pytest.approx(18 / 256, abs=1e-12)
    assert mcnemar_of(7, 1, method="mid-p").p == pytest.approx(10 / 256, abs=1e-12)
    assert mcnemar_of(4, 4).p == 1.0
    assert mcnemar_of(4, 4, method="mid-p").p == pytest.approx(1 - 35 / 256, abs=1e-12)


def test_mcnemar_of_judgements() -> None:
    a = [True] * 2 + [False] * 7 + [True] + [False] * 11
    b = [True, False] + [True] * 7 + [True] + [False] * 11
    found = mcnemar(a, b)
    assert found.p == mcnemar_of(1, 7).p
    assert found.n == 21
    assert found.effect == paired_difference(a, b)
    assert found.effect.value == pytest.approx((3 - 9) / 21)
    assert mcnemar([1, 0, 1], [1, 0, 1]).p == 1.0
    assert mcnemar([], []).p is None


def test_wrong_counts() -> None:
    with pytest.raises(InputError, match="5 successes in 3 cases"):
        proportion(5, 3)
    with pytest.raises(InputError, match="n: is -1"):
        proportion(0, -1)
    with pytest.raises(InputError, match=r"successes: is 1\.5"):
        proportion(1.5, 3)
    with pytest.raises(InputError, match="level: is 95"):
        proportion(1, 3, 95)
    with pytest.raises(InputError, match=r"a\[1\]: is 2, neither 0 nor 1"):
        mcnemar([1, 2], [0, 1])
    with pytest.raises(InputError, match="method"):
        mcnemar([1], [0], method="yates")
    assert proportion(0, 0).value is None
    assert difference_of_proportions(0, 0, 1, 2).value is None

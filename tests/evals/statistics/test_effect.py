"""Standardised differences give the figures of R's effectsize; their intervals invert the t distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gradatim.errors import InputError
from gradatim.evals.statistics import cohens_d, cohens_d_paired, hedges_g
from gradatim.evals.statistics.effect import correction, noncentrality
from tests.evals.statistics.published import AUTOMATIC, MANUAL, SLEEP_1, SLEEP_2


def test_two_groups_as_effectsize_prints_them() -> None:
    """R effectsize, `cohens_d(mpg ~ am)`: -1.48 [-2.27, -0.67]; `hedges_g`: -1.44 [-2.21, -0.65]."""
    d, g = cohens_d(AUTOMATIC, MANUAL), hedges_g(AUTOMATIC, MANUAL)
    assert (d.value, d.low, d.high) == pytest.approx((-1.48, -2.27, -0.67), abs=5e-3)
    assert (g.value, g.low, g.high) == pytest.approx((-1.44, -2.21, -0.65), abs=5e-3)


def test_pairs_by_the_t_test() -> None:
    """d_z = t/√n with R's t of -4.0621 for Student's sleep data, ten pairs."""
    found = cohens_d_paired(SLEEP_1, SLEEP_2)
    assert found.value == pytest.approx(-4.0621 / math.sqrt(10), abs=5e-5)


def test_average_standardiser_by_hand() -> None:
    """Cumming (2012); interval of Algina and Keselman (2003): λ·√(2(s₁² + s₂² − 2s₁₂)/(n(s₁² + s₂²)))."""
    found = cohens_d_paired(SLEEP_1, SLEEP_2, standardiser="average")
    first, second = np.array(SLEEP_1), np.array(SLEEP_2)
    covariance = np.cov(first, second)
    total = covariance[0, 0] + covariance[1, 1]
    scale = math.sqrt(2 * (total - 2 * covariance[0, 1]) / (10 * total))
    t = float(stats.ttest_rel(first, second).statistic)
    ends = noncentrality(t, 9)
    assert ends is not None
    assert found.value == pytest.approx((first - second).mean() / math.sqrt(total / 2), abs=1e-12)
    assert (found.low, found.high) == pytest.approx((scale * ends[0], scale * ends[1]), abs=1e-9)


def test_exact_correction() -> None:
    """J of 2 degrees of freedom is 1/√π; beside Hedges' approximation 1 − 3/(4ν − 1) (1981) for more of them."""
    assert correction(2) == pytest.approx(1 / math.sqrt(math.pi), abs=1e-12)
    for df in (10, 30, 200):
        assert correction(df) == pytest.approx(1 - 3 / (4 * df - 1), abs=0.04 / df**2)


@pytest.mark.parametrize(("t", "df"), [(2.1, 18), (-4.06, 9), (0.0, 5), (8.0, 198), (25.0, 30), (60.0, 500), (9.0, 1)])
def test_noncentrality_inverts_the_distribution(t: float, df: int) -> None:
    """Checked with scipy.stats.nct, another implementation than the one that is inverted."""
    ends = noncentrality(t, df, 0.9)
    assert ends is not None
    assert stats.nct.cdf(t, df, ends[0]) == pytest.approx(0.95, abs=1e-6)
    assert stats.nct.cdf(t, df, ends[1]) == pytest.approx(0.05, abs=1e-6)


def test_great_samples_become_normal() -> None:
    """Where the distribution's function ends, the interval is that of Hedges and Olkin (1985) for large samples."""
    x = np.linspace(-1, 1, 50_000)
    found = cohens_d(x + 5, x)
    assert found.value is not None
    assert found.low is not None
    error = math.sqrt(2 / 50_000 + found.value**2 / (2 * 100_000))
    assert found.low == pytest.approx(found.value - 1.959964 * error, rel=1e-4)


@pytest.mark.parametrize("df", [2, 10, 500, 20_000])
def test_the_far_end_joins_on(df: int) -> None:
    """Just below and above the place where the distribution is taken as that of the standard deviation alone."""
    below, above = noncentrality(19_999.0, df), noncentrality(20_001.0, df)
    assert below is not None
    assert above is not None
    for one, other in zip(below, above, strict=True):
        assert other / 20_001 == pytest.approx(one / 19_999, rel=2e-5)
    mirrored = noncentrality(-20_001.0, df)
    assert mirrored == pytest.approx((-above[1], -above[0]))


@given(st.integers(0, 10_000), st.floats(0.1, 20), st.floats(-30, 30))
@settings(max_examples=20, deadline=None)
def test_symmetries(seed: int, scale: float, shift: float) -> None:
    draw = np.random.default_rng(seed)
    x, y = draw.normal(0.5, size=8), draw.normal(size=8)
    for figure in (cohens_d, hedges_g, cohens_d_paired):
        found, swapped, moved = figure(x, y), figure(y, x), figure(scale * x + shift, scale * y + shift)
        assert None not in (found.value, found.low, found.high)
        assert (swapped.value, swapped.low, swapped.high) == pytest.approx(
            (-found.value, -found.high, -found.low),
            abs=1e-7,
        )
        assert (moved.value, moved.low, moved.high) == pytest.approx((found.value, found.low, found.high), abs=1e-7)


def test_what_data_do_not_give() -> None:
    assert cohens_d([1, 1, 1], [2, 2, 2]).value is None
    assert cohens_d([], [1, 2, 3, 4]).value is None
    assert cohens_d([1], [2, 3]).value is None
    assert cohens_d_paired([1, 2], [2, 3]).value is None
    assert "do not vary" in cohens_d_paired([0.3, 0.2], [0.2, 0.1]).method
    flat = cohens_d_paired([1, 2, 3], [2, 3, 4], standardiser="average")
    assert (flat.value, flat.low) == (pytest.approx(-1.0), None)
    with pytest.raises(InputError, match="standardiser"):
        cohens_d_paired([1, 2], [2, 4], standardiser="pooled")

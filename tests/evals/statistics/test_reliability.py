"""Reliability gives the figures of Shrout and Fleiss and of Feldt, and keeps its level."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gradatim.errors import InputError
from gradatim.evals.statistics import cronbach_alpha, feldt_interval, icc, retest
from gradatim.evals.statistics.reliability import Form
from tests.evals.statistics.published import SHROUT_FLEISS

FORMS: dict[Form, tuple[float, float, float]] = {
    "1,1": (0.17, -0.133, 0.72),
    "2,1": (0.29, 0.019, 0.76),
    "3,1": (0.71, 0.342, 0.95),
    "1,k": (0.44, -0.884, 0.91),
    "2,k": (0.62, 0.071, 0.93),
    "3,k": (0.91, 0.676, 0.99),
}


@pytest.mark.parametrize("form", list(FORMS))
def test_icc_as_shrout_and_fleiss_print_it(form: Form) -> None:
    """Shrout and Fleiss (1979), table 4: .17, .29, .71, .44, .62, .91; intervals as R's psych prints them."""
    value, low, high = FORMS[form]
    found = icc(SHROUT_FLEISS, form)
    assert found.value == pytest.approx(value, abs=5e-3)
    assert found.low == pytest.approx(low, abs=5e-4)
    assert found.high == pytest.approx(high, abs=5e-3)
    assert found.n == 6


def test_interval_of_form_1_inverts_the_f_test() -> None:
    """At each end of the interval the observed F lies at 2.5 % and 97.5 % of its distribution (no printed digits)."""
    found = icc(SHROUT_FLEISS, "1,1")
    ratings = np.array(SHROUT_FLEISS, dtype=float)
    f = float(stats.f_oneway(*ratings).statistic)
    for end, share in ((found.low, 0.975), (found.high, 0.025)):
        assert end is not None
        ratio = (1 + 3 * end) / (1 - end)
        assert stats.f.cdf(f / ratio, 5, 18) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize("form", ["2,1", "2,k"])
def test_intervals_of_agreement_keep_their_level(form: Form) -> None:
    draw = np.random.default_rng(8)
    true = {"2,1": 1 / 1.8, "2,k": 1 / 1.2}[form]
    hits = 0
    for _ in range(250):
        # variance of subjects 1, raters .3, error .5; four raters
        ratings = draw.normal(size=(30, 1)) + 0.3**0.5 * draw.normal(size=4) + 0.5**0.5 * draw.normal(size=(30, 4))
        found = icc(ratings, form)
        hits += found.low is not None and found.high is not None and found.low <= true <= found.high
    assert 0.9 < hits / 250 < 0.99


def test_feldt_as_published() -> None:
    """C. Evans' R code on the statistics pages of the MRC Cognition and Brain Sciences Unit: .913, 873, 20."""
    found = feldt_interval(0.913, 873, 20)
    assert (found.low, found.high) == pytest.approx((0.9044024, 0.9211588), abs=5e-8)


def test_cronbach_is_consistency_of_the_mean() -> None:
    """α and its interval are those of ICC(3,k) (Shrout and Fleiss, 1979; Feldt, 1965)."""
    alpha, form = cronbach_alpha(SHROUT_FLEISS), icc(SHROUT_FLEISS, "3,k")
    assert (alpha.value, alpha.low, alpha.high) == pytest.approx((form.value, form.low, form.high), abs=1e-12)


def test_cronbach_by_covariances() -> None:
    """`k·c̄/(v̄ + (k − 1)·c̄)` from mean variance and mean covariance (Cronbach, 1951)."""
    draw = np.random.default_rng(3)
    items = draw.normal(size=(50, 5)) + draw.normal(size=(50, 1))
    matrix = np.cov(items.T)
    variance = np.trace(matrix) / 5
    covariance = (matrix.sum() - np.trace(matrix)) / 20
    assert cronbach_alpha(items).value == pytest.approx(5 * covariance / (variance + 4 * covariance), abs=1e-12)


@given(st.integers(0, 10_000), st.floats(0.1, 50), st.floats(-50, 50))
@settings(max_examples=20, deadline=None)
def test_what_changes_nothing(seed: int, scale: float, shift: float) -> None:
    draw = np.random.default_rng(seed)
    ratings = draw.normal(size=(7, 3)) + draw.normal(size=(7, 1))
    for form in FORMS:
        found = icc(ratings, form)
        for other in (ratings * scale + shift, ratings[::-1], ratings[:, ::-1]):
            again = icc(other, form)
            assert again.value == pytest.approx(found.value, abs=1e-8)
            assert (again.low is None) == (found.low is None)
    raters = ratings + np.array([5.0, -3.0, 0.0])
    assert icc(raters, "3,1").value == pytest.approx(icc(ratings, "3,1").value, abs=1e-9)


def test_retest_with_and_without_a_gain() -> None:
    first, second = [1.0, 2.0, 3.0, 4.0, 6.0], [3.5, 4.0, 5.0, 6.5, 8.0]
    order, agreement = retest(first, second), retest(first, second, coefficient="icc")
    assert order.value == pytest.approx(float(np.corrcoef(first, second)[0, 1]), abs=1e-12)
    assert agreement.value is not None
    assert agreement.value < 0.7 < 0.98 < order.value
    assert order.method.startswith("test–retest")
    with pytest.raises(InputError, match="coefficient"):
        retest(first, second, coefficient="kappa")


def test_what_data_do_not_give() -> None:
    same = [[1, 1], [2, 2], [3, 3]]
    for form in FORMS:
        perfect = icc(same, form)
        assert (perfect.value, perfect.low) == (pytest.approx(1.0), None)
        assert icc([[2, 2], [2, 2]], form).value is None
        assert icc([[1, 2]], form).value is None
        assert icc([], form).value is None
    assert icc([[1, 2], [2, 3], [3, 4]], "3,1").value == 1.0
    assert cronbach_alpha(same).value == pytest.approx(1.0)
    assert cronbach_alpha([[1, -1], [2, -2], [3, -3]]).value is None
    with pytest.raises(InputError, match=r"ratings\[1\]: has 3 raters, and the first row has 2"):
        icc([[1, 2], [1, 2, 3]])
    with pytest.raises(InputError, match=r"ratings\[1\]\[0\]: is missing"):
        icc([[1, 2], [float("nan"), 2]])
    with pytest.raises(InputError, match="ratings: is int"):
        icc(3)
    with pytest.raises(InputError, match="form"):
        icc(same, "4,1")
    with pytest.raises(InputError, match="above 1"):
        feldt_interval(1.2, 30, 5)

"""Tests of dependent correlations give the figures of Steiger, Zou, Dunn and Clark, and R's cocor."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.evals.statistics import steiger, steiger_of, steiger_shared_of, williams, williams_of

DEPCOR = {"r_ac": 0.5, "r_bc": 0.6, "r_bd": 0.7, "r_ad": 0.8, "n": 100}


def test_williams_as_published() -> None:
    """Silver, Hittner and May (2006), depcor: r .3 and .4, .5 between, n 100: t = -1.0767, p = .2843."""
    found = williams_of(0.3, 0.4, 0.5, n=100)
    assert found.statistic == pytest.approx(-1.0767, abs=5e-5)
    assert found.p == pytest.approx(0.2843, abs=5e-5)
    assert found.df == 97


def test_steiger_case_a_as_published() -> None:
    """Steiger (1980), p. 249, case A, to the digits of R's cocor (the paper rounds on the way): -0.8887185."""
    assert steiger_shared_of(0.4, 0.5, 0.1, n=103).statistic == pytest.approx(-0.8887185, abs=5e-8)
    found = steiger_shared_of(0.3, 0.4, 0.5, n=100)
    assert (found.statistic, found.p) == pytest.approx((-1.0718, 0.2838), abs=5e-5)


def test_steiger_case_b_as_published() -> None:
    """Steiger (1980), p. 249, case B: Z̄2* = -1.4045 in the paper, -1.4050 without its rounding (R's cocor)."""
    found = steiger_of(0.5, 0.6, r_ac=0.8, r_ad=0.5, r_bc=0.5, r_bd=0.7, n=103)
    assert found.statistic == pytest.approx(-1.4050, abs=5e-5)
    other = steiger_of(0.3, 0.4, **DEPCOR)
    assert (other.statistic, other.p) == pytest.approx((-1.0744, 0.2827), abs=5e-5)


def test_dunn_and_clark_as_published() -> None:
    """Dunn and Clark (1969) in depcor: z = -1.0723, p = .2836."""
    found = steiger_of(0.3, 0.4, pooled=False, **DEPCOR)
    assert (found.statistic, found.p) == pytest.approx((-1.0723, 0.2836), abs=5e-5)
    assert "Dunn and Clark" in found.method


def test_intervals_as_zou_prints_them() -> None:
    """Zou (2007), pp. 409-410; the upper end .501 is that of R's cocor, which corrects a slip of the paper."""
    shared = williams_of(0.396, 0.179, 0.088, n=66).effect
    apart = steiger_of(0.396, 0.189, r_ac=0.208, r_bc=0.023, r_bd=0.423, r_ad=0.143, n=66).effect
    assert shared is not None
    assert apart is not None
    assert (shared.low, shared.high) == pytest.approx((-0.093, 0.517), abs=5e-4)
    assert (apart.low, apart.high) == pytest.approx((-0.096, 0.501), abs=5e-4)


def test_raw_values_and_correlations_give_the_same() -> None:
    draw = np.random.default_rng(2)
    a, b, c, d = (draw.normal(size=30) + shared for shared in [draw.normal(size=30)] * 4)
    r = np.corrcoef([a, b, c, d])
    raw, known = williams(a, b, c), williams_of(r[0, 1], r[0, 2], r[1, 2], n=30)
    assert (raw.statistic, raw.p) == pytest.approx((known.statistic, known.p), abs=1e-9)
    raw = steiger(a, b, c, d)
    known = steiger_of(r[0, 1], r[2, 3], r_ac=r[0, 2], r_ad=r[0, 3], r_bc=r[1, 2], r_bd=r[1, 3], n=30)
    assert (raw.statistic, raw.p) == pytest.approx((known.statistic, known.p), abs=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_exchanging_the_two_turns_the_sign_and_scale_does_not_matter(seed: int) -> None:
    draw = np.random.default_rng(seed)
    x, y, z, w = draw.normal(size=(4, 12)) + draw.normal(size=12)
    first, swapped, scaled = williams(x, y, z), williams(x, z, y), williams(3 * x + 1, 0.5 * y, z - 7)
    assert first.statistic is not None
    assert swapped.statistic == pytest.approx(-first.statistic, abs=1e-9)
    assert (swapped.p, scaled.p) == pytest.approx((first.p, first.p), abs=1e-9)
    both, turned = steiger(x, y, z, w), steiger(z, w, x, y)
    assert both.statistic is not None
    assert turned.statistic == pytest.approx(-both.statistic, abs=1e-9)
    assert steiger(y, x, w, z).statistic == pytest.approx(both.statistic, abs=1e-9)


def test_level_under_the_null_hypothesis() -> None:
    draw = np.random.default_rng(9)
    rejected = [0, 0]
    for _ in range(300):
        shared = draw.normal(size=60)
        x, y, z, w = shared + draw.normal(size=(4, 60))
        first, second = williams(x, y, z).p, steiger(x, y, z, w).p
        assert first is not None
        assert second is not None
        rejected[0] += first < 0.05
        rejected[1] += second < 0.05
    assert all(0.02 < count / 300 < 0.09 for count in rejected)


def test_what_cannot_be_tested() -> None:
    x = [1.0, 2.0, 4.0, 3.0, 5.0, 2.0]
    y = [2.0, 1.0, 4.0, 4.0, 5.0, 1.0]
    assert williams(x, y, y).p is None
    assert "perfectly correlated" in williams(x, y, y).method
    assert steiger(x, y, x, y).p is None
    assert williams(x, y, [1.0] * 6).p is None
    assert williams(x[:3], y[:3], x[:3]).p is None
    with pytest.raises(InputError, match="no data have all these correlations"):
        williams_of(0.9, -0.9, 0.9, n=50)
    with pytest.raises(InputError, match="x has 6 values and z has 5"):
        williams(x, y, y[:5])

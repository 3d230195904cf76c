"""The tail of the chi-square distribution agrees with printed tables and closed forms."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.memory.processing.chisquare import upper_gamma, upper_tail


@pytest.mark.parametrize(
    ("statistic", "degrees", "p"),
    [  # percentage points of Abramowitz and Stegun (1964), table 26.8
        (3.84146, 1, 0.05), (6.63490, 1, 0.01), (5.99147, 2, 0.05), (11.0705, 5, 0.05), (18.3070, 10, 0.05),
        (29.1413, 14, 0.01), (43.7729, 30, 0.05), (124.342, 100, 0.05), (1.57088e-4, 1, 0.99),
    ],
)  # fmt: skip
def test_percentage_points(statistic: float, degrees: int, p: float) -> None:
    assert upper_tail(statistic, degrees) == pytest.approx(p, rel=2e-3)


@given(st.floats(0.0, 300.0))
def test_closed_forms(statistic: float) -> None:
    assert upper_tail(statistic, 2) == pytest.approx(math.exp(-statistic / 2), rel=1e-11, abs=1e-300)
    assert upper_tail(statistic, 1) == pytest.approx(math.erfc(math.sqrt(statistic / 2)), rel=1e-9, abs=1e-300)


@given(st.floats(0.05, 400.0), st.floats(0.0, 800.0), st.floats(0.0, 50.0))
def test_it_is_a_falling_probability(a: float, x: float, more: float) -> None:
    here, further = upper_gamma(a, x), upper_gamma(a, x + more)
    assert 0.0 <= further <= here + 1e-12 <= 1.0 + 1e-12
    # Q(a + 1, x) = Q(a, x) + xᵃ e⁻ˣ / Γ(a + 1) (Abramowitz and Stegun, 6.5.21)
    if x > 0.0:
        step = math.exp(a * math.log(x) - x - math.lgamma(a + 1.0))
        assert upper_gamma(a + 1.0, x) == pytest.approx(here + step, rel=1e-8, abs=1e-10)


def test_nonsense_is_refused() -> None:
    for statistic, degrees in ((1.0, 0), (-1.0, 2), (math.nan, 2)):
        with pytest.raises(ValueError, match="no chi-square probability"):
            upper_tail(statistic, degrees)
    assert upper_tail(math.inf, 3) == 0.0

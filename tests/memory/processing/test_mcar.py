"""Little's test gives the published figures, keeps its level and has power."""

from __future__ import annotations

import numpy as np
import pytest

from gradatim.memory.processing.mcar import little_test
from tests.memory.processing.published import AIR_QUALITY, APPLES, EMPLOYEES


def test_air_quality_as_naniar_prints_it() -> None:
    """R package naniar, reference page of `mcar_test`: statistic 35.1, df 14, p 0.00142, 4 patterns."""
    found = little_test(AIR_QUALITY)
    assert found.statistic == pytest.approx(35.1, abs=0.05)
    assert (found.degrees, found.patterns, found.cases) == (14, 4, 153)
    assert found.p == pytest.approx(0.00142, abs=5e-6)
    assert found.rejects(0.05)


def test_employees_as_enders_prints_it() -> None:
    """Enders (2010), section 1.9: χ²(5) = 14.63, p = .01 for the data of table 1.1."""
    found = little_test(EMPLOYEES)
    assert found.statistic == pytest.approx(14.63, abs=0.005)
    assert (found.degrees, found.patterns) == (5, 4)
    assert found.p == pytest.approx(0.01, abs=0.005)


def test_apples_as_baylor_ed_psych_computes_it() -> None:
    """R package BaylorEdPsych, `LittleMCAR` on the apples of Little and Rubin: 7.357838, df 1, p 0.006677."""
    found = little_test(APPLES)
    assert found.statistic == pytest.approx(7.357838, abs=5e-5)
    assert (found.degrees, found.patterns) == (1, 2)
    assert found.p == pytest.approx(0.006677, abs=1e-6)


def _normal(draw: np.random.Generator, cases: int) -> np.ndarray:
    shared = draw.normal(size=(cases, 1))
    return 0.7 * shared + draw.normal(size=(cases, 4)) * 0.7


def test_p_is_uniform_where_values_are_missing_completely_at_random() -> None:
    draw = np.random.default_rng(10)
    p: list[float] = []
    for _ in range(80):
        data = _normal(draw, 200)
        data[draw.random(data.shape) < 0.06] = np.nan
        p.append(little_test(data).p)
    ordered = np.sort(p)
    # Kolmogorov's distance from the uniform distribution; 1.63 / √n is its 1 % point.
    steps = np.arange(1, len(p) + 1) / len(p)
    distance = max(float((steps - ordered).max()), float((ordered - steps + 1 / len(p)).max()))
    assert distance < 1.63 / np.sqrt(len(p))
    assert np.mean(ordered < 0.05) < 0.15


def test_it_rejects_where_the_gaps_depend_on_what_is_observed() -> None:
    draw = np.random.default_rng(12)
    rejected = 0
    for _ in range(20):
        data = _normal(draw, 150)
        high = data[:, 0] > 0.5
        data[high & (draw.random(150) < 0.5), 1] = np.nan
        rejected += little_test(data).rejects(0.05)
    assert rejected >= 19


def test_without_different_patterns_there_is_nothing_to_test() -> None:
    data = _normal(np.random.default_rng(13), 30)
    found = little_test(data)
    assert (found.statistic, found.degrees, found.p, found.patterns) == (0.0, 0, 1.0, 1)
    assert not found.rejects(0.05)


def test_units_do_not_matter() -> None:
    data = AIR_QUALITY * np.array([1.0, 1e-3, 1e3, 1.8, 1.0, 7.0]) + np.array([0.0, 5.0, 0.0, -32.0, 2.0, 0.0])
    assert little_test(data).statistic == pytest.approx(little_test(AIR_QUALITY).statistic, rel=1e-6)

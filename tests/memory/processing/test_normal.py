"""EM gives the estimates that are printed for published data, and behaves as EM must."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gradatim.memory.processing.normal import CannotEstimate, estimate, patterns
from tests.memory.processing.published import APPLES, CEMENT, EMPLOYEES, FITNESS

Matrix = NDArray[np.float64]


def test_fitness_as_in_the_manual_of_sas() -> None:
    """SAS/STAT User's Guide, The MI Procedure, example "EM Algorithm for MLE", table "EM (MLE) Parameter Estimates";
    PROC MI stops when parameters change by less than 1e-4 of themselves, which leaves the last digits open."""
    found = estimate(FITNESS)
    assert found.mean == pytest.approx([47.104077, 10.554858, 171.381669], rel=1e-6)
    printed = [
        [27.797931, -6.457975, -18.031298],
        [-6.457975, 2.015514, 3.516287],
        [-18.031298, 3.516287, 97.766857],
    ]
    assert found.covariance == pytest.approx(np.array(printed), rel=5e-5)


def test_patterns_as_in_the_manual_of_sas() -> None:
    """The same example, table "Missing Data Patterns": frequencies and group means."""
    found = {tuple(pattern.observed.tolist()): pattern for pattern in patterns(FITNESS)}
    printed = {
        (0, 1, 2): (21, [46.353810, 10.809524, 171.666667]),
        (0, 1): (4, [47.109500, 10.137500]),
        (0,): (3, [52.461667]),
        (1, 2): (1, [11.95, 176.0]),
        (1,): (2, [9.885]),
    }
    assert found.keys() == printed.keys()
    for observed, (frequency, means) in printed.items():
        rows = found[observed].rows
        assert len(rows) == frequency
        assert FITNESS[np.ix_(rows, observed)].mean(axis=0) == pytest.approx(means, abs=5e-7)


def test_apples_as_in_little_and_rubin() -> None:
    """Little and Rubin (2002), example 7.1: 14.72, 49.33, 89.53, 114.70, −90.70; log-likelihood as R's `norm` gives."""
    found = estimate(APPLES)
    assert found.mean == pytest.approx([14.72, 49.33], abs=0.005)
    assert found.covariance == pytest.approx(np.array([[89.53, -90.70], [-90.70, 114.70]]), abs=0.006)
    assert found.likelihoods[-1] == pytest.approx(-101.78563, abs=1e-5)


def test_cement_as_in_little_and_rubin() -> None:
    """Little and Rubin (2002), example 7.8: means 6.655, 49.965, 11.769, 27.047, 95.423, reached by one regression
    after the other since the pattern is monotone. The covariances are those of that closed form, computed here."""
    found = estimate(CEMENT)
    assert found.mean == pytest.approx([6.655, 49.965, 11.769, 27.047, 95.423], abs=5e-4)
    mean, covariance = _factored(CEMENT, [[2, 4], [0, 1], [3]])
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert found.covariance == pytest.approx(covariance, rel=1e-5)


def _factored(data: Matrix, blocks: list[list[int]]) -> tuple[Matrix, Matrix]:
    """Estimates of a monotone pattern: each block is regressed on those before it (Anderson, 1957)."""
    order: list[int] = []
    mean, covariance = np.zeros(0), np.zeros((0, 0))
    for block in blocks:
        rows = ~np.isnan(data[:, block]).any(axis=1)
        design = np.column_stack([np.ones(int(rows.sum())), data[rows][:, order]])
        slopes = np.linalg.lstsq(design, data[rows][:, block], rcond=None)[0]
        left = data[rows][:, block] - design @ slopes
        inner = slopes[1:].T
        cross = inner @ covariance
        mean = np.concatenate([mean, slopes[0] + inner @ mean])
        corner = left.T @ left / rows.sum() + cross @ inner.T
        covariance = np.block([[covariance, cross.T], [cross, corner]])
        order += block
    back = np.argsort(order)
    return mean[back], covariance[np.ix_(back, back)]


def test_employees_whose_iq_is_complete() -> None:
    """Enders (2010): IQ is complete, so its estimates are the sample's (100 and 189.60); job performance is estimated
    as its regression on IQ predicts for all, and comes out lower than the mean of those who were hired (11.70)."""
    found = estimate(EMPLOYEES[:, [0, 2]])
    assert found.mean[0] == pytest.approx(100.0)
    assert found.covariance[0, 0] == pytest.approx(189.60)
    mean, covariance = _factored(EMPLOYEES[:, [0, 2]], [[0], [1]])
    assert found.mean == pytest.approx(mean, rel=1e-6)
    assert found.covariance == pytest.approx(covariance, rel=1e-6)
    assert found.mean[1] < 10.5 < np.nanmean(EMPLOYEES[:, 2])


def simulated(seed: int, cases: int, width: int, missing: float) -> tuple[Matrix, Matrix, Matrix]:
    draw = np.random.default_rng(seed)
    root = draw.normal(size=(width, width)) * 0.5 + np.eye(width)
    mean = draw.normal(size=width) * 3.0
    data = mean + draw.normal(size=(cases, width)) @ root.T
    data[draw.random(data.shape) < missing] = np.nan
    return data, mean, root @ root.T


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(40, 120), st.integers(1, 5), st.floats(0.0, 0.2))
def test_the_likelihood_never_falls(seed: int, cases: int, width: int, missing: float) -> None:
    found = estimate(simulated(seed, cases, width, missing)[0])
    likelihoods = np.array(found.likelihoods)
    assert (np.diff(likelihoods) >= -1e-9 * np.abs(likelihoods[:-1])).all()
    assert np.linalg.eigvalsh(found.covariance)[0] > 0.0


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.1, 100.0), st.floats(-50.0, 50.0))
def test_units_do_not_matter(seed: int, unit: float, shift: float) -> None:
    data = simulated(seed, 60, 3, 0.15)[0]
    found, other = estimate(data), estimate(data * unit + shift)
    assert other.mean == pytest.approx(found.mean * unit + shift, rel=1e-6, abs=1e-6 * unit)
    assert other.covariance == pytest.approx(found.covariance * unit**2, rel=1e-5, abs=1e-6 * unit**2)


def test_complete_data_give_the_sample_moments() -> None:
    data = simulated(3, 80, 3, 0.0)[0]
    found = estimate(data)
    assert found.mean == pytest.approx(data.mean(axis=0))
    assert found.covariance == pytest.approx(np.cov(data.T, bias=True))


def test_true_means_are_recovered_where_missing_at_random() -> None:
    """The second variable is missing where the first is great: its observed mean is far off, the estimate is not."""
    draw = np.random.default_rng(5)
    first = draw.normal(size=4_000)
    second = 0.8 * first + draw.normal(size=4_000) * 0.6
    data = np.column_stack([first, np.where(first > 0.3, np.nan, second)])
    assert np.nanmean(data[:, 1]) < -0.4
    assert estimate(data).mean[1] == pytest.approx(0.0, abs=0.06)


def test_empty_cases_carry_nothing() -> None:
    data = simulated(4, 50, 3, 0.1)[0]
    more = np.vstack([data, np.full((10, 3), np.nan)])
    found, same = estimate(data), estimate(more)
    assert same.mean == pytest.approx(found.mean)
    assert same.cases == found.cases
    assert sum(len(pattern.rows) for pattern in patterns(more)) == found.cases


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data[:, 1].fill(2.0), "'b' is always the same, 2"),
        (lambda data: data[:, 1].fill(np.nan), "'b' was observed 0 times"),
        (
            lambda data: data[:, 2].__setitem__(slice(None), data[:, 0] - 2 * data[:, 1]),
            "linearly.*'a', 'b', 'c'",
        ),
        (lambda data: (data[:20, 0].fill(np.nan), data[20:, 1].fill(np.nan)), "'a' and 'b' were not observed together"),
        (lambda data: data[3:].fill(np.nan), "3 cases do not determine the covariances of 3"),
        (lambda data: data[:1].fill(np.inf), "a value is infinite"),
    ],
)
def test_what_cannot_be_estimated_says_why(change: object, said: str) -> None:
    data = simulated(6, 40, 3, 0.0)[0]
    change(data)  # type: ignore[operator]
    with pytest.raises(CannotEstimate, match=said) as caught:
        estimate(data, ["a", "b", "c"])
    assert caught.value.remedy

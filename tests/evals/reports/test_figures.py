"""Figures of many runs: intervals that know which runs belong together."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.reports.figures import clustered_mean, figure, quantile_interval, quantiles
from gradatim.evals.reports.gathering import Cell, Series
from gradatim.evals.reports.kept import kept_at
from gradatim.evals.reports.knowledge import about
from gradatim.evals.statistics import pearson, proportion


def _values(rows: list[list[float]]) -> dict[Cell, float]:
    return {Cell(f"{n:03}", "m", seed): value for n, row in enumerate(rows) for seed, value in enumerate(row)}


def test_yes_and_no_with_one_run_each_have_wilsons_interval() -> None:
    found = clustered_mean(_values([[1.0]] * 7 + [[0.0]] * 3), bounded=True)
    wilson = proportion(7, 10)
    assert (found.value, found.low, found.high, found.n) == (0.7, wilson.low, wilson.high, 10)


def test_runs_that_repeat_each_other_narrow_nothing() -> None:
    rows = [[float(n < 7)] * 3 for n in range(10)]
    once, thrice = (
        clustered_mean(_values([row[:1] for row in rows]), bounded=True),
        clustered_mean(_values(rows), bounded=True),
    )
    assert thrice.value == pytest.approx(once.value)
    assert thrice.high - thrice.low >= once.high - once.low  # type: ignore[operator]


def test_runs_that_do_not_repeat_each_other_narrow_the_interval() -> None:
    chance = Random(1)
    rows = [[float(chance.random() < 0.6) for _ in range(9)] for _ in range(40)]
    once, often = (
        clustered_mean(_values([row[:1] for row in rows]), bounded=True),
        clustered_mean(_values(rows), bounded=True),
    )
    assert often.high - often.low < 0.6 * (once.high - once.low)  # type: ignore[operator]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=3), min_size=2, max_size=12))
def test_an_interval_of_scores_holds_the_mean_and_stays_inside(rows: list[list[float]]) -> None:
    found = clustered_mean(_values(rows), bounded=True)
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert -1e-12 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1 + 1e-12
    assert found.high > found.low


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    chance = Random(7)
    held = 0
    for _ in range(300):
        rows = []
        for _ in range(30):
            likely = chance.choice((0.6, 0.8, 1.0))  # of an example; 0.8 on the whole
            rows.append([float(chance.random() < likely) for _ in range(3)])
        found = clustered_mean(_values(rows), bounded=True)
        held += found.low <= 0.8 <= found.high  # type: ignore[operator]
    assert 0.92 <= held / 300 <= 0.99


def test_one_example_has_no_interval_and_none_no_figure() -> None:
    assert clustered_mean(_values([[0.2, 0.4]]), bounded=True).low is None
    assert clustered_mean({}, bounded=True).value is None
    assert clustered_mean(_values([[1500.0], [900.0]]), bounded=False).value == 1200


def test_agreement_is_over_examples() -> None:
    chance = Random(2)
    series = Series("expert_agreement")
    people = [chance.random() for _ in range(20)]
    for n, value in enumerate(people):
        for seed, given_ in enumerate((value + 0.2, value - 0.2 + 0.01 * (n % 3))):
            cell = Cell(f"{n:02}", "m", seed)
            series.pairs[cell], series.values[cell] = (given_, value), 0.8
    found = figure(series, about("expert_agreement"))
    means = [value + 0.005 * (n % 3) for n, value in enumerate(people)]
    assert found.estimate.value == pytest.approx(pearson(means, people).value)
    assert (found.estimate.n, found.runs, found.measure) == (20, 40, "Pearson's r")


def test_a_score_nobody_asked_for_says_so() -> None:
    assert "did not ask" in figure(None, about("leak")).why


def test_quantiles_have_intervals_where_runs_suffice() -> None:
    values = [float(n) for n in range(1, 101)]
    assert quantiles(values, [0.5, 0.9]) == pytest.approx([50.5, 90.1])
    # binomial(100, 1/2): at least 95 % between the 40th and the 61st value
    assert quantile_interval(values, 0.5) == (40.0, 61.0)
    assert quantile_interval(values, 0.99) is None
    assert quantile_interval([], 0.5) is None


def test_what_can_be_kept_at_a_precision() -> None:
    series = Series("calibration")
    for n in range(20):
        cell = Cell(f"{n:02}", "m", 1)
        series.probabilities[cell], series.values[cell] = 1 - n / 20, float(n < 10)
    found = kept_at(series)
    assert found.value == pytest.approx(11 / 20)  # ten of eleven are right
    assert found.low < found.value < found.high  # type: ignore[operator]
    assert kept_at(Series("calibration")).value is None

"""Calibration: the mathematics, the file, and that it does make confidences truer."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.agents.calibration import (
    Example,
    calibration_path,
    example_of,
    load_calibration,
    load_examples,
    save_calibration,
)
from gradatim.agents.features import FEATURES, WEIGHTS, weighted_mean
from gradatim.agents.fitting import LEAST, evaluate, fit, logistic_regression, pool_adjacent_violators
from gradatim.agents.reliability import expected_calibration_error, reliability, reliability_table
from gradatim.errors import InputError, SettingsError
from gradatim.settings import Settings

Shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def cases(count: int, seed: int = 1) -> list[Example]:
    """Feedback that is right when the cause is firm and opinions agree; the weighted mean knows little of that."""
    chance = random.Random(seed)
    found: list[Example] = []
    for _ in range(count):
        features = {name: round(chance.random(), 3) for name in ("consistency", "diagnosis", "likelihood")}
        score = -4 + 7 * features["diagnosis"] + 1 * features["consistency"]
        right = chance.random() < 1 / (1 + exp(-score))
        found.append(Example({**features, "checks": 1.0, "coverage": 1.0, "kept": None}, right))
    return found


@given(Shares)
def test_pooling_gives_the_nearest_rising_sequence(values: list[float]) -> None:
    pooled = pool_adjacent_violators(values)
    assert all(one <= other + 1e-12 for one, other in pairwise(pooled))
    assert sum(pooled) == pytest.approx(sum(values), abs=1e-9)
    distance = sum((one - other) ** 2 for one, other in zip(pooled, values, strict=True))
    for rising in (sorted(values), [sum(values) / len(values)] * len(values)):
        assert distance <= sum((one - other) ** 2 for one, other in zip(rising, values, strict=True)) + 1e-9


def test_pooling_by_weight() -> None:
    assert pool_adjacent_violators([1.0, 0.0], [3.0, 1.0]) == [0.75, 0.75]
    assert pool_adjacent_violators([0.1, 0.2, 0.3]) == [0.1, 0.2, 0.3]


def test_logistic_regression_is_where_the_gradient_vanishes() -> None:
    chance = np.random.default_rng(3)
    matrix = chance.normal(size=(300, 3))
    outcomes = (chance.random(300) < 1 / (1 + np.exp(-(0.5 + matrix @ np.array([2.0, -1.0, 0.0]))))).astype(float)
    for l2 in (0.01, 1.0, 50.0):
        intercept, coefficients = logistic_regression(matrix, outcomes, l2)
        residual = 1 / (1 + np.exp(-(intercept + matrix @ coefficients))) - outcomes
        assert abs(residual.sum()) < 1e-4
        assert np.abs(matrix.T @ residual + l2 * coefficients).max() < 1e-4
    free, _ = logistic_regression(matrix, outcomes, 0.01)
    assert free == pytest.approx(0.5, abs=0.5)


def test_separable_outcomes_do_not_run_away() -> None:
    matrix = np.linspace(-1, 1, 40)[:, None]
    intercept, coefficients = logistic_regression(matrix, (matrix[:, 0] > 0).astype(float), 1.0)
    assert np.isfinite(intercept)
    assert 0 < coefficients[0] < 20


def test_calibration_error_of_known_cases() -> None:
    stated, right = [0.9] * 10 + [0.1] * 10, [True] * 7 + [False] * 3 + [False] * 10
    for binning in ("width", "mass"):
        assert expected_calibration_error(stated, right, binning=binning) == pytest.approx(0.5 * 0.2 + 0.5 * 0.1)  # type: ignore[arg-type]
    table = reliability_table(stated, right)
    assert [(item.low, item.count, item.right) for item in table] == [(0.1, 10, 0.0), (0.9, 10, 0.7)]
    figures = reliability([0.8, 0.2], [True, False])
    assert figures.brier == pytest.approx(0.04)
    assert figures.log_loss == pytest.approx(-log(0.8))
    with pytest.raises(ValueError, match="no cases"):
        reliability([], [])


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(1, 12))
def test_bins_hold_every_case_once_and_errors_stay_in_range(pairs: list[tuple[float, bool]], bins: int) -> None:
    stated, right = [value for value, _ in pairs], [good for _, good in pairs]
    for binning in ("width", "mass"):
        table = reliability_table(stated, right, bins, binning)  # type: ignore[arg-type]
        assert sum(item.count for item in table) == len(pairs)
        assert 0 <= expected_calibration_error(stated, right, bins, binning) <= 1  # type: ignore[arg-type]


def test_a_fit_makes_unseen_confidences_truer() -> None:
    report = evaluate(cases(400))
    assert report.after.brier < report.before.brier
    assert report.after.ece_mass < 0.6 * report.before.ece_mass
    assert set(report.tried) == {"logistic", "isotonic"}
    fitted, unseen = fit(cases(400)), cases(400, seed=2)
    right = [row.right for row in unseen]
    before = reliability([weighted_mean(row.features) for row in unseen], right)
    after = reliability([fitted.probability(row.features) for row in unseen], right)
    assert fitted.method == report.method == "logistic"
    assert after.brier < before.brier
    assert after.ece_mass < before.ece_mass
    assert fit(cases(400)) == fitted, "the same cases give the same fit"


def test_isotonic_rises_and_is_never_certain() -> None:
    fitted = fit(cases(200), "isotonic")
    stated = [
        fitted.probability({"checks": value, "diagnosis": value, "consistency": value})
        for value in (0, 0.2, 0.4, 0.6, 0.8, 1)
    ]
    assert stated == sorted(stated)
    assert 0 < stated[0] < stated[-1] < 1


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from(FEATURES), st.none() | st.floats(0, 1)), st.sampled_from(("logistic", "isotonic"))
)
def test_every_feature_vector_has_a_probability(features: dict[str, float | None], method: str) -> None:
    fitted = FITS[method]
    assert 0 <= fitted.probability(features) <= 1


FITS = {"logistic": fit(cases(100), "logistic"), "isotonic": fit(cases(100), "isotonic")}


def test_what_was_not_measured_says_nothing() -> None:
    fitted = FITS["logistic"]
    means = {name: fitted.means[name] for name in fitted.means}
    assert fitted.probability({}) == pytest.approx(fitted.probability(means), abs=1e-3)


def test_too_few_cases_are_refused_with_their_numbers() -> None:
    few = [Example({"checks": 1.0}, right=number < LEAST - 1) for number in range(LEAST * 3)]
    with pytest.raises(InputError, match=f"needs {LEAST} cases of each outcome; there are {LEAST - 1} right"):
        fit(few)


def test_the_file_comes_back_and_the_data_folder_wins(tmp_path: Path) -> None:
    used = Settings(data_dir=tmp_path / "data")
    path = calibration_path(used)
    for fitted in FITS.values():
        save_calibration(fitted, path)
        assert load_calibration(used) == fitted
    assert [item.name for item in path.parent.iterdir()] == ["calibration.json"]
    for broken in ("{", '{"version": 2}', json.dumps({**FITS["logistic"].model_dump(), "means": {"vibes": 1.0}})):
        path.write_text(broken)
        with pytest.raises(SettingsError, match="review calibrate"):
            load_calibration(used)


def test_examples_flat_and_nested_and_mistakes_by_line(tmp_path: Path) -> None:
    assert example_of({"checks": 0.5, "right": True, "note": "x"}) == example_of(
        {"features": {"checks": 0.5}, "right": True}
    )
    path = tmp_path / "cases.jsonl"
    for wrong, message in (
        ('{"checks": 2, "right": true}', "checks is no number"),
        ('{"checks": 0.5}', "`right`"),
        ('{"right": true}', "none of the features"),
        ("[]", "not a JSON object"),
        ("{", "Expecting"),
    ):
        path.write_text('{"checks": 1, "right": false}\n\n' + wrong + "\n")
        with pytest.raises(InputError, match=message) as caught:
            load_examples(path)
        assert "cases.jsonl:3" in str(caught.value)


def test_the_uncalibrated_confidence_is_the_weighted_mean_of_what_was_measured() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert weighted_mean({"checks": 1.0, "coverage": 0.0}) == pytest.approx(0.25 / 0.35, abs=1e-4)
    assert weighted_mean({}) == 0

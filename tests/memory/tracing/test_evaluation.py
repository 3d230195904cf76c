"""Metrics equal their definitions; what is evaluated is never seen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.memory.tracing.data import CopyRule
from gradatim.memory.tracing.evaluation.evaluate import cross_validated, evaluate, learner_folds
from gradatim.memory.tracing.evaluation.figures import figures
from gradatim.memory.tracing.evaluation.metrics import auc, reliability, score
from gradatim.memory.tracing.models import FitOptions
from gradatim.memory.tracing.models.saved import MODELS
from tests.memory.tracing.material import simulated

pairs = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.9, 1.0])), min_size=1, max_size=40)


@given(pairs)
@settings(max_examples=60, deadline=None)
def test_metrics_are_what_they_are_defined_as(rows: list[tuple[bool, float]]) -> None:
    correct, predicted = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    wins = [
        1.0 if right > wrong else 0.5 if right == wrong else 0.0
        for right in predicted[correct]
        for wrong in predicted[~correct]
    ]
    assert auc(correct, predicted) == (pytest.approx(np.mean(wins)) if wins else None)
    found = score(correct, predicted)
    assert found.rmse == pytest.approx(np.sqrt(np.mean([(p - y) ** 2 for y, p in rows])))
    assert found.accuracy == pytest.approx(np.mean([(p >= 0.5) == y for y, p in rows]))
    assert np.isfinite(found.log_loss)
    assert sum(bin.responses for bin in found.bins) == len(rows)
    assert 0.0 <= found.ece <= 1.0


def test_log_loss_and_calibration_by_hand() -> None:
    correct, predicted = np.array([True, True, False, False]), np.array([0.8, 0.82, 0.85, 0.25])
    found = score(correct, predicted)
    assert found.log_loss == pytest.approx(-np.log([0.8, 0.82, 0.15, 0.75]).mean())
    assert [(bin.responses, bin.observed) for bin in found.bins] == [(1, 0.0), (3, pytest.approx(2 / 3))]
    assert found.ece == pytest.approx((0.25 + 3 * abs(2.47 / 3 - 2 / 3)) / 4)
    assert reliability(np.array([True]), np.array([1.0]))[0].responses == 1


def test_every_learner_is_in_one_fold() -> None:
    data = simulated(23, 2)
    folds = list(learner_folds(data, 5, seed=3))
    assert (np.sum(folds, axis=0) == 1).all()
    for fold in folds:
        assert not set(data.learner[fold]) & set(data.learner[~fold])
    sizes = [len(set(data.learner[fold])) for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    with pytest.raises(ValueError, match="23 learners cannot be dealt into 24 folds"):
        list(learner_folds(data, 24, seed=0))


def test_the_honest_column_has_no_copies() -> None:
    data = simulated(60, 8, copies=True)
    train, test = data.rows(data.learner < 40), data.rows(data.learner >= 40)
    found = evaluate(MODELS["copy-rule"], train, test, FitOptions())
    copies = CopyRule.learned(train).copies(test)
    assert found.copies == pytest.approx(copies.mean())
    assert len(found.all_rows.correct) == len(test)
    assert len(found.honest.correct) == (~copies).sum()
    assert (found.all_rows.score.auc or 0.0) > (found.honest.score.auc or 1.0) + 0.05


@pytest.mark.parametrize("name", list(MODELS))
def test_predictions_never_look_ahead(name: str) -> None:
    """Changing the outcomes from some row on changes no prediction up to it."""
    data = simulated(40, 5, copies=True)
    model = MODELS[name].fit(data, FitOptions())
    before = model.predict(data)
    changed = data.correct.copy()
    later = np.arange(len(data)) >= len(data) // 2
    changed[later] = ~changed[later]
    after = model.predict(type(data)(data.learners, data.skills, data.learner, data.skill, changed))
    assert (after[: len(data) // 2 + 1] == before[: len(data) // 2 + 1]).all()


def test_figures_are_flat_and_both_columns_there() -> None:
    told: list[str] = []
    found = figures(cross_validated(MODELS["bkt"], simulated(30, 5, copies=True), 3, FitOptions(), told.append))
    assert told == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]
    assert all(isinstance(value, str | int | float | bool | None) for value in found.values())
    for name in ("auc", "rmse", "log_loss", "ece", "fit_seconds", "predictions_per_second", "update_and_prediction_us"):
        assert found[name] is not None
        assert found[f"{name}_honest"] is not None
    assert found["responses"] == 30 * 20
    assert found["responses_honest"] == 30 * 15
    bins = [found[name] for name in found if name.startswith("bin_") and name.endswith("_responses")]
    assert sum(value for value in bins if isinstance(value, int)) == 600


def test_without_copies_both_columns_are_one() -> None:
    data = simulated(30, 4)
    found = evaluate(MODELS["skill-mean"], data.rows(data.learner < 20), data.rows(data.learner >= 20), FitOptions())
    assert found.honest is found.all_rows
    assert found.copies == 0.0


def test_all_right_has_no_auc() -> None:
    assert score(np.ones(3, np.bool_), np.full(3, 0.9)).auc is None

"""Calibration: answers move difficulties as far as there are answers."""

from __future__ import annotations

import numpy as np
import pytest

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.memory.irt import Responses
from gradatim.tools.items import Item, ItemKind
from gradatim.tools.items.calibration import calibrated, estimate
from gradatim.tools.items.statistics import statistics


def _answers(a: np.ndarray, b: np.ndarray, learners: int, seed: int = 0) -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    theta = rng.standard_normal(learners)
    chance = 1.0 / (1.0 + np.exp(-a * (theta[:, None] - b)))
    return (rng.random((learners, len(b))) < chance).astype(float)


def test_difficulties_are_recovered() -> None:
    b = np.linspace(-2.0, 2.0, 15)
    found = estimate(_answers(np.full(15, 1.2), b, 800), np.zeros(15), np.full(15, 3.0), np.ones(15))
    assert np.abs(found.b - b).mean() < 0.15
    assert np.corrcoef(found.b, b)[0, 1] > 0.99
    covered = np.abs(found.b - b) < 2.5 * found.errors
    assert covered.mean() > 0.8


def test_few_answers_keep_to_the_prior_and_many_forget_it() -> None:
    b = np.array([-1.0, 0.0, 1.0, 0.5])
    prior = b + 1.0
    values = _answers(np.ones(4), b, 1500)
    few, many = (estimate(values[:count], prior, np.full(4, 0.5), np.ones(4)) for count in (5, 1500))
    assert np.abs(few.b - prior).mean() < 0.5
    assert np.abs(many.b - b).mean() < 0.2
    assert (many.errors < few.errors).all()


def test_an_item_that_nobody_answered_keeps_its_estimate() -> None:
    values = _answers(np.ones(3), np.zeros(3), 50)
    values[:, 2] = -1
    found = estimate(values, np.array([0.0, 0.0, 0.7]), np.full(3, 0.6), np.ones(3))
    assert found.b[2] == pytest.approx(0.7, abs=1e-6)
    assert found.errors[2] == pytest.approx(0.6, abs=1e-6)
    assert found.answers.tolist() == [50, 50, 0]


def test_items_get_their_difficulty_and_remember_the_first_estimate(made: dict[ItemKind, Item]) -> None:
    items = list(made.values())
    right = np.ones((60, len(items)))
    right[:, 0] = 0
    right[:3, 0] = 1
    responses = Responses.of(right, items=[item.id for item in items])
    found = calibrated(items, responses)
    assert found[0].difficulty.value > items[0].difficulty.value
    assert found[1].difficulty.value < items[1].difficulty.value
    assert found[0].difficulty.source == "calibrated"
    assert found[0].difficulty.answers == 60
    again = calibrated(found, responses)
    # the prior is what was estimated first: calibrating twice with the same answers changes nothing
    assert [item.difficulty.value for item in again] == pytest.approx(
        [item.difficulty.value for item in found], abs=2e-3
    )
    assert calibrated(items, responses, least=100) == tuple(items)


def test_answers_to_other_items_are_no_calibration(made: dict[ItemKind, Item]) -> None:
    with pytest.raises(InputError, match="nobody has answered"):
        calibrated(list(made.values()), Responses.of([[1.0]], items=["other"]))


def _event(learner: str, item: str, at: str, passed: bool) -> LearnerEvent:
    return LearnerEvent(
        id=f"{learner}{item}{at}",
        learner_id=learner,
        kind="assessment",
        at=at,
        task_id=item,
        payload={"passed": passed},
    )


def test_statistics_count_first_answers() -> None:
    events = [
        _event("a", "i1", "2026-01-02T00:00:00Z", True),
        _event("a", "i1", "2026-01-01T00:00:00Z", False),
        _event("b", "i1", "2026-01-01T00:00:00Z", True),
        _event("a", "i2", "2026-01-01T00:00:00Z", False),
        _event("b", "i2", "2026-01-01T00:00:00Z", True),
        _event("c", "i2", "2026-01-01T00:00:00Z", True),
        _event("c", "other", "2026-01-01T00:00:00Z", True),
    ]
    found = statistics(events, ["i1", "i2", "i3"])
    assert (found["i1"].answers, found["i1"].right) == (2, 0.5)
    assert found["i1"].exposure == pytest.approx(2 / 3)
    assert found["i3"].answers == 0
    assert found["i3"].right is None


def test_an_item_that_tells_able_learners_apart_has_a_positive_discrimination() -> None:
    events = []
    for number in range(8):
        able = number >= 4
        events += [_event(f"l{number}", f"i{item}", "2026-01-01T00:00:00Z", able) for item in (1, 2, 4)]
        events.append(_event(f"l{number}", "i3", "2026-01-01T00:00:00Z", not able))
    found = statistics(events, ["i1", "i2", "i3", "i4"])
    assert (found["i1"].discrimination or 0.0) > 0.9
    assert (found["i3"].discrimination or 0.0) < -0.9

"""The searches find what calculus says they should."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.memory.tracing.fitting.filtering import predict_individual, predict_plain
from gradatim.memory.tracing.fitting.individual import Shifts, _loss, fit_shifts, log_odds_of
from gradatim.memory.tracing.fitting.layout import strands
from gradatim.memory.tracing.fitting.logistic import Design, Group, fit_logistic
from gradatim.memory.tracing.fitting.optimise import minimise
from gradatim.memory.tracing.models.ability import ability_before, difficulties
from tests.memory.tracing.material import SKILLS, simulated


def test_minimise_finds_the_bottom_of_a_curved_valley() -> None:
    def rosenbrock(point: np.ndarray) -> tuple[float, np.ndarray]:
        x, y = point
        gradient = np.array([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)])
        return float((1 - x) ** 2 + 100 * (y - x * x) ** 2), gradient

    found, value = minimise(rosenbrock, np.array([-1.2, 1.0]), steps=300, tolerance=0.0)
    assert found == pytest.approx([1.0, 1.0], abs=1e-4)
    assert value < 1e-8


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_minimise_never_ends_above_its_start(seed: int) -> None:
    random = np.random.default_rng(seed)
    square = random.normal(size=(4, 4))
    start = random.normal(size=4)

    def bowl(point: np.ndarray) -> tuple[float, np.ndarray]:
        moved = square @ point
        return float(moved @ moved), 2.0 * square.T @ moved

    found, value = minimise(bowl, start, steps=int(random.integers(0, 30)))
    assert value <= bowl(start)[0]
    assert bowl(found)[0] == pytest.approx(value)


def test_logistic_regression_against_newton() -> None:
    random = np.random.default_rng(0)
    dense = random.normal([5.0, 0.0], [2.0, 0.1], (800, 2))
    codes = random.integers(0, 4, 800).astype(np.int32)
    slope = random.normal(size=800)
    odds = 0.3 * dense[:, 0] - 4.0 * dense[:, 1] + np.array([0.0, 1.0, -1.0, 0.5])[codes] - 1.5
    correct = random.random(800) < 1.0 / (1.0 + np.exp(-odds))
    design = Design(dense, [Group(codes, 4, 2.0, others=True), Group(codes, 4, 3.0, slope)], 1.5)
    found = fit_logistic(design, correct, steps=500, tolerance=1e-14)

    scale = dense.std(axis=0)
    table = np.column_stack([np.ones(800), (dense - dense.mean(axis=0)) / scale])
    table = np.column_stack([table, np.eye(4)[codes][:, 1:], np.eye(4)[codes] * slope[:, None]])
    penalty = np.array([1e-6, 1.5, 1.5, 2.0, 2.0, 2.0, 3.0, 3.0, 3.0, 3.0])
    weights = np.zeros(10)
    for _ in range(30):
        p = 1.0 / (1.0 + np.exp(-table @ weights))
        gradient = table.T @ (p - correct) + penalty * weights
        weights -= np.linalg.solve((table * (p * (1 - p))[:, None]).T @ table + np.diag(penalty), gradient)
    assert found.dense * scale == pytest.approx(weights[1:3], abs=1e-3)
    assert found.groups[0] == pytest.approx([0.0, *weights[3:6]], abs=1e-3)
    assert found.groups[1] == pytest.approx(weights[6:], abs=1e-3)
    assert found.log_odds(design) == pytest.approx(table @ weights, abs=1e-3)


def test_a_start_of_a_similar_fit_leads_to_the_same_weights() -> None:
    data = simulated(40, 6)
    design = Design(np.arange(len(data), dtype=np.float64)[:, None] / 100.0, [Group(data.skill, 3, 1.0)])
    cold = fit_logistic(design, data.correct, tolerance=1e-12)
    warm = fit_logistic(design, data.correct, start=cold, tolerance=1e-12)
    assert warm.intercept == pytest.approx(cold.intercept, abs=1e-3)
    assert warm.dense == pytest.approx(cold.dense, abs=1e-3)


def test_all_right_and_a_column_without_spread() -> None:
    design = Design(np.ones((5, 1)), [Group(np.zeros(5, np.int32), 1, 1.0)])
    odds = fit_logistic(design, np.ones(5, np.bool_)).log_odds(design)
    assert np.isfinite(odds).all()
    assert (odds > 0).all()


def test_the_gradient_of_the_individual_model() -> None:
    data = simulated(15, 6)
    theta = np.random.default_rng(0).normal(size=len(data))
    laid = strands(data.learner, data.skill)
    base = np.array([log_odds_of(own) for own in SKILLS]).T[:, laid.skill]
    rows = [laid.order[laid.begins[:n] + step] for step, n in enumerate(laid.active().tolist())]
    seen, thetas = [data.correct[row] for row in rows], [theta[row] for row in rows]
    point = np.random.default_rng(1).normal(0.0, 0.3, 8)
    _, gradient = _loss(base, seen, thetas, point)
    for place in range(8):
        step = np.eye(8)[place] * 1e-5
        slope = (_loss(base, seen, thetas, point + step)[0] - _loss(base, seen, thetas, point - step)[0]) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-4, abs=1e-4)


def test_ability_that_matters_is_found() -> None:
    data = simulated(300, 8, seed=7)
    random = np.random.default_rng(7)
    who = random.normal(size=300)
    theta = who[data.learner]
    correct = random.random(len(data)) < 1.0 / (1.0 + np.exp(-theta))
    shifts = fit_shifts(strands(data.learner, data.skill), correct, theta, list(SKILLS))
    assert shifts.guess[1] > 0.2
    assert shifts.slip[1] < -0.2
    nothing = fit_shifts(strands(data.learner, data.skill), data.correct, theta, list(SKILLS))
    assert max(abs(value) for value in nothing.numbers()[1::2]) < 0.15


def test_without_shifts_the_individual_model_is_the_plain_one() -> None:
    data = simulated(10, 6)
    args = (data.learner, data.skill, data.correct)
    individual = predict_individual(*args, np.ones(len(data)), SKILLS, Shifts())
    assert individual == pytest.approx(predict_plain(*args, SKILLS), abs=1e-3)


def test_ability_follows_answers_and_repeats_say_nothing() -> None:
    data = simulated(4, 6)
    difficulty = difficulties(data.skill, data.correct, 3)
    everything = ability_before(data, difficulty, np.zeros(len(data), np.bool_))
    assert (everything[data.first] == 0.0).all()
    moves = np.diff(everything)[~data.first[1:]]
    assert (np.sign(moves) == np.where(data.correct[:-1][~data.first[1:]], 1, -1)).all()
    assert (ability_before(data, difficulty, np.ones(len(data), np.bool_)) == 0.0).all()


@given(st.lists(st.booleans(), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_skills_of_which_less_is_right_are_harder(outcomes: list[bool]) -> None:
    skill = np.zeros(len(outcomes), np.int32)
    correct = np.array(outcomes)
    harder = correct.copy()
    harder[0] = False
    padded = np.concatenate([skill, np.ones(40, np.int32)]), np.tile([True, False], 20)
    easy = difficulties(padded[0], np.concatenate([correct, padded[1]]), 2)[0]
    hard = difficulties(padded[0], np.concatenate([harder, padded[1]]), 2)[0]
    assert hard >= easy

"""Calibration finds the items that responses were drawn from."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.irt import CalibrationOptions, ItemPriors, Normal, Responses, calibrate
from tests.memory.irt.material import draw, rmse


def brute_log_likelihood(matrix: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> float:
    """Marginal log-likelihood learner by learner on a fine grid, straight from its definition."""
    theta = np.linspace(-7.0, 7.0, 1401)
    density = np.exp(-0.5 * theta**2) / math.sqrt(2.0 * math.pi)
    p = c + (1.0 - c) / (1.0 + np.exp(-a * (theta[:, None] - b)))
    total = 0.0
    for row in matrix:
        seen = ~np.isnan(row)
        given_theta = np.where(row[seen] == 1.0, p[:, seen], 1.0 - p[:, seen]).prod(axis=1)
        total += math.log((given_theta * density).sum() * 0.01)
    return total


def test_two_parameter_items_are_recovered_better_than_without_what_items_share() -> None:
    errors = []
    for seed in range(10):
        drawn = draw(600, 30, seed)
        shared = calibrate(drawn.responses)
        alone = calibrate(drawn.responses, CalibrationOptions(priors="none"))
        assert shared.converged
        assert alone.converged
        assert alone.log_likelihood >= shared.log_likelihood - 0.01
        errors.append(
            [rmse(found.bank.a, drawn.bank.a) ** 2 for found in (shared, alone)]
            + [rmse(found.bank.b, drawn.bank.b) ** 2 for found in (shared, alone)]
        )
    a_shared, a_alone, b_shared, b_alone = np.sqrt(np.mean(errors, axis=0))
    assert a_shared < min(a_alone, 0.14)
    assert b_shared < min(b_alone, 0.16)


def test_the_log_likelihood_is_what_its_definition_says() -> None:
    drawn = draw(120, 8, 4)
    drawn.matrix[::3, 2] = np.nan
    found = calibrate(drawn.responses)
    bank = found.bank
    assert found.log_likelihood == pytest.approx(brute_log_likelihood(drawn.matrix, bank.a, bank.b, bank.c), abs=0.01)
    assert found.aic == pytest.approx(2 * 16 - 2 * found.log_likelihood)
    assert found.bic == pytest.approx(16 * math.log(120) - 2 * found.log_likelihood)


def test_plain_estimates_maximise_the_likelihood() -> None:
    drawn = draw(200, 6, 11)
    found = calibrate(drawn.responses, CalibrationOptions(priors="none", tolerance=1e-7)).bank
    best = brute_log_likelihood(drawn.matrix, found.a, found.b, found.c)
    for item in range(6):
        for change in (-0.05, 0.05):
            a, b = found.a.copy(), found.b.copy()
            a[item] *= math.exp(change)
            assert brute_log_likelihood(drawn.matrix, a, found.b, found.c) < best
            b[item] += change
            assert brute_log_likelihood(drawn.matrix, found.a, b, found.c) < best


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from(["1pl", "2pl", "3pl"]),
    st.sampled_from(["hierarchical", "none"]),
    st.floats(0.0, 0.6),
    st.booleans(),
)
def test_the_objective_never_falls(seed: int, model: str, priors: str, missing: float, accelerate: bool) -> None:
    drawn = draw(150, 8, seed)
    drawn.matrix[np.random.default_rng(seed).random(drawn.matrix.shape) < missing] = np.nan
    right, answered = np.nansum(drawn.matrix, axis=0), (~np.isnan(drawn.matrix)).sum(axis=0)
    if priors == "none" and ((right == 0) | (right == answered)).any():
        return
    options = CalibrationOptions(
        model=model, priors=priors, accelerate=accelerate, standard_errors="none", max_steps=60
    )  # type: ignore[arg-type]
    found = calibrate(drawn.responses, options)
    assert (np.diff(found.objective) >= -1e-6 * (1.0 + abs(found.objective[0]))).all()
    assert np.isfinite(found.bank.a).all()
    assert np.isfinite(found.bank.b).all()


def test_acceleration_finds_the_same_items_in_fewer_steps() -> None:
    drawn = draw(800, 20, 5)
    options = CalibrationOptions(priors="none", tolerance=1e-6)
    fast = calibrate(drawn.responses, options)
    slow = calibrate(drawn.responses, dataclasses.replace(options, accelerate=False))
    assert fast.steps < slow.steps
    assert fast.bank.a == pytest.approx(slow.bank.a, abs=1e-4)
    assert fast.bank.b == pytest.approx(slow.bank.b, abs=1e-4)


def test_missing_answers_are_left_out() -> None:
    drawn = draw(4000, 30, 6)
    drawn.matrix[np.random.default_rng(6).random(drawn.matrix.shape) < 0.6] = np.nan
    found = calibrate(drawn.responses)
    assert rmse(found.bank.a, drawn.bank.a) < 0.12
    assert rmse(found.bank.b, drawn.bank.b) < 0.13
    # Learners who answered nothing change nothing.
    more = Responses.of(np.vstack([drawn.matrix, np.full((50, 30), np.nan)]))
    again = calibrate(more)
    assert again.learners == 4000
    assert again.log_likelihood == pytest.approx(found.log_likelihood)


def test_counting_equal_patterns_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw(3000, 6, 7)
    counted = calibrate(drawn.responses)
    monkeypatch.setattr("gradatim.memory.irt.expectation._FEW_ITEMS", 0)
    one_by_one = calibrate(drawn.responses)
    assert counted.log_likelihood == pytest.approx(one_by_one.log_likelihood)
    assert counted.bank.a == pytest.approx(one_by_one.bank.a, rel=1e-6)
    assert counted.bank.se_b == pytest.approx(one_by_one.bank.se_b, rel=1e-6)


def test_blocks_that_are_not_kept_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = draw(500, 25, 8)
    kept = calibrate(drawn.responses)
    monkeypatch.setattr("gradatim.memory.irt.expectation._KEPT_CELLS", 0)
    monkeypatch.setattr("gradatim.memory.irt.expectation._ROWS", 64)
    assert calibrate(drawn.responses).bank.b == pytest.approx(kept.bank.b, rel=1e-6)


def test_one_parameter_model_has_one_discrimination() -> None:
    drawn = draw(2000, 25, 9, common_a=1.4)
    one, two = (calibrate(drawn.responses, CalibrationOptions(model=model)) for model in ("1pl", "2pl"))
    assert np.ptp(one.bank.a) == 0.0
    assert one.bank.a[0] == pytest.approx(1.4, abs=0.06)
    assert rmse(one.bank.b, drawn.bank.b) < 0.08
    assert one.parameters == 26
    assert one.bic < two.bic
    assert one.bank.se_a is not None
    assert one.bank.se_a[0] < 0.05


def test_guessing_is_found_where_there_is_some() -> None:
    drawn = draw(3000, 30, 10, guessing=True)
    three, two = (calibrate(drawn.responses, CalibrationOptions(model=model)) for model in ("3pl", "2pl"))
    assert three.aic < two.aic
    assert rmse(three.bank.c, drawn.bank.c) < 0.09
    assert rmse(three.bank.b, drawn.bank.b) < 0.5 * rmse(two.bank.b, drawn.bank.b)


def test_a_population_that_is_not_normal_is_estimated() -> None:
    rng = np.random.default_rng(12)
    theta = np.where(rng.random(4000) < 0.5, -0.9, 0.9) + rng.normal(0.0, math.sqrt(1.0 - 0.81), 4000)
    drawn = draw(4000, 30, 12)
    matrix = (rng.random((4000, 30)) < drawn.bank.probability(theta)).astype(float)
    responses = Responses.of(matrix)
    free = calibrate(responses, CalibrationOptions(population="estimated"))
    normal = calibrate(responses)
    assert free.log_likelihood > normal.log_likelihood + 20.0
    assert free.population.mean == pytest.approx(0.0, abs=1e-9)
    assert free.population.standard_deviation == pytest.approx(1.0, abs=1e-9)
    middle = free.population.weights[np.abs(free.population.points) < 0.3].sum()
    side = free.population.weights[np.abs(free.population.points - 0.9) < 0.3].sum()
    assert middle < 0.7 * side


@pytest.mark.parametrize("kind", ["observed", "cross-product", "item"])
def test_standard_errors_tell_how_far_off_estimates_are(kind: str) -> None:
    z: list[float] = []
    for seed in range(6):
        drawn = draw(800, 15, 20 + seed)
        found = calibrate(drawn.responses, CalibrationOptions(standard_errors=kind)).bank  # type: ignore[arg-type]
        assert found.se_a is not None
        assert found.se_b is not None
        z += ((found.a - drawn.bank.a) / found.se_a).tolist() + ((found.b - drawn.bank.b) / found.se_b).tolist()
    # 180 of them: a standard deviation of 1 ± 0.16 at three errors
    assert 0.8 < np.std(z) < 1.2


def test_the_observed_information_is_the_curvature_of_the_likelihood() -> None:
    drawn = draw(300, 4, 31)
    found = calibrate(drawn.responses, CalibrationOptions(priors="none", tolerance=1e-8))
    covariance = found.covariance
    assert covariance is not None
    point = np.column_stack([found.bank.a, found.bank.b]).ravel()
    zero = np.zeros(4)

    def value(x: np.ndarray) -> float:
        return brute_log_likelihood(drawn.matrix, x[0::2], x[1::2], zero)

    step, size = 1e-3, len(point)
    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(i + 1):
            corners = [
                value(point + step * (s * np.eye(size)[i] + t * np.eye(size)[j])) * s * t
                for s in (-1, 1)
                for t in (-1, 1)
            ]
            hessian[i, j] = hessian[j, i] = sum(corners) / (4.0 * step * step)
    expected = np.sqrt(np.diag(np.linalg.inv(-hessian)))
    assert np.sqrt(np.diag(covariance)) == pytest.approx(expected, rel=0.02)


def test_an_item_that_all_answered_alike_is_refused_or_held_by_the_others() -> None:
    drawn = draw(200, 10, 13)
    drawn.matrix[:, 3], drawn.matrix[:, 7] = 1.0, 0.0
    with pytest.raises(InputError, match=r"item 'i4'.*all 200 learners who met it answered correctly.*hierarchical"):
        calibrate(drawn.responses, CalibrationOptions(priors="none"))
    found = calibrate(drawn.responses)
    assert len(found.notes) == 2
    assert "item 'i4'" in found.notes[0]
    assert found.bank.b[3] < -1.5
    assert found.bank.b[7] > 1.5
    assert found.bank.se_b is not None
    assert found.bank.se_b[3] > 2.0 * np.median(found.bank.se_b)


def test_an_item_against_the_others_is_named() -> None:
    drawn = draw(1500, 15, 14)
    drawn.matrix[:, 5] = 1.0 - (drawn.theta > drawn.bank.b[5])
    found = calibrate(drawn.responses, CalibrationOptions(priors="none"))
    assert any("'i6'" in note and "key" in note for note in found.notes)


def test_given_priors_hold() -> None:
    drawn = draw(100, 10, 15)
    strict = ItemPriors(log_a=Normal(math.log(1.2), 0.001), b=Normal(0.5, 0.001))
    found = calibrate(drawn.responses, CalibrationOptions(priors=strict))
    assert found.bank.a == pytest.approx(np.full(10, 1.2), abs=0.01)
    assert found.bank.b == pytest.approx(np.full(10, 0.5), abs=0.01)


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1.0, 0.0], [0.0, 1.0]], "fewer than three items"),
        ([[1.0, 0.0, np.nan], [0.0, 1.0, -1.0]], r"item 'i3': nobody answered"),
        ([[1.0, 0.0, 2.0]], r"row 1, column 3: 2.0 is neither 0 nor 1"),
        ([1.0, 0.0], "1 dimensions"),
        ([["x", "y", "z"]], "no numbers"),
        (np.zeros((0, 3)), "no responses"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(matrix: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        calibrate(Responses.of(matrix))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [{"model": "4pl"}, {"tolerance": 0.0}, {"max_steps": 0}, {"points": 2}, {"priors": "x"}, {"population": "x"}],
)
def test_options_that_make_no_sense_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError, match=next(iter(change))):
        CalibrationOptions(**change)  # type: ignore[arg-type]


def test_too_few_steps_are_told() -> None:
    found = calibrate(draw(300, 10, 16).responses, CalibrationOptions(max_steps=2, priors="none"))
    assert not found.converged
    assert "max_steps" in found.notes[-1]


def test_every_step_is_told() -> None:
    told: list[tuple[int, float]] = []
    found = calibrate(draw(200, 8, 17).responses, progress=lambda steps, objective: told.append((steps, objective)))
    assert [steps for steps, _ in told] == list(range(1, found.steps + 1))
    assert found.objective[-1] in [objective for _, objective in told]


def test_what_items_share_does_not_shrink_the_scale() -> None:
    moved = []
    for seed in range(4):
        drawn = draw(400, 60, 40 + seed)
        shared, alone = (
            calibrate(drawn.responses, CalibrationOptions(priors=priors, standard_errors="none")).bank
            for priors in ("hierarchical", "none")  # type: ignore[arg-type]
        )
        moved.append(float(np.mean(np.log(shared.a) - np.log(alone.a))))
    # 60 difficulties drawn to one point against 400 learners would make it 60 / (2 · 400) = 0.075.
    assert abs(np.mean(moved)) < 0.025

"""The M step: the items that fit best to the learners that the E step expects at each ability.

Items are independent of each other there, so that all of them take their Newton steps at once. Discrimination is
searched as `log a` and guessing as `logit c`, which keeps them where they belong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.expectation import Expected
from gradatim.memory.irt.logistic import log_probabilities, sigmoid
from gradatim.memory.irt.priors import ItemPriors

LOG_A_BOUNDS = (-3.5, 2.5)
"""a between 0.03 and 12: beyond, an item either tells nothing or is a step."""
B_BOUND = 15.0
LOGIT_C_BOUNDS = (-7.0, 1.0)
_STEPS = 3
"""Newton steps an M step: more are wasted on expectations that will change."""
_LONGEST = np.array([0.5, 1.0, 1.0])
"""How far one step may go in `log a`, `b` and `logit c`."""
_HALVINGS = 6
_RIDGE = 1e-8


@dataclass(frozen=True, slots=True)
class Shape:
    """What kind of model is fitted."""

    parameters: int
    """Columns of the parameter array: 2 (`log a`, `b`), or 3 with `logit c`."""
    common_a: bool
    """Whether all items have the same discrimination."""


def guessing(parameters: FloatArray) -> FloatArray | float:
    """c of a parameter array (J, K), as a column: 0 where the model has none."""
    return sigmoid(parameters[:, 2:3]) if parameters.shape[1] == 3 else 0.0


def curves(parameters: FloatArray, points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """`log P` and `log (1 − P)` of each item at each ability: parameters (J, K), points (Q,) → (J, Q) twice."""
    return log_probabilities(points, np.exp(parameters[:, 0:1]), parameters[:, 1:2], guessing(parameters))


def clipped(parameters: FloatArray) -> FloatArray:
    """Parameters within their bounds."""
    kept = parameters.copy()
    np.clip(kept[:, 0], *LOG_A_BOUNDS, out=kept[:, 0])
    np.clip(kept[:, 1], -B_BOUND, B_BOUND, out=kept[:, 1])
    if kept.shape[1] == 3:
        np.clip(kept[:, 2], *LOGIT_C_BOUNDS, out=kept[:, 2])
    return kept


def log_prior(parameters: FloatArray, priors: ItemPriors) -> FloatArray:
    """Log-density of each item's parameters, (J,)."""
    columns = zip(parameters.T, priors.of(parameters.shape[1]), strict=True)
    density = np.zeros(len(parameters))
    for column, prior in columns:
        density += prior.log_density(column)
    return density


def slopes(parameters: FloatArray, points: FloatArray) -> tuple[FloatArray, list[FloatArray]]:
    """P and its derivatives by each parameter: (J, Q), and K arrays of (J, Q)."""
    a, b = np.exp(parameters[:, 0:1]), parameters[:, 1:2]
    z = a * (points - b)
    s = sigmoid(z)
    c = guessing(parameters)
    p = c + (1.0 - c) * s
    rise = (1.0 - c) * s * (1.0 - s)
    derivatives = [rise * z, -a * rise]
    if parameters.shape[1] == 3:
        derivatives.append((1.0 - s) * c * (1.0 - c))
    return np.clip(p, 1e-12, 1.0 - 1e-12), derivatives


def expected_information(
    parameters: FloatArray, points: FloatArray, expected: Expected
) -> tuple[FloatArray, FloatArray]:
    """Gradient (J, K) and expected information (J, K, K) of each item's completed log-likelihood."""
    p, derivatives = slopes(parameters, points)
    weight = 1.0 / (p * (1.0 - p))
    residual = (expected.correct - expected.seen * p) * weight
    gradient = np.stack([(residual * d).sum(axis=1) for d in derivatives], axis=1)
    weight = weight * expected.seen
    count = len(derivatives)
    information = np.empty((len(parameters), count, count))
    for i in range(count):
        for j in range(i + 1):
            information[:, i, j] = information[:, j, i] = (weight * derivatives[i] * derivatives[j]).sum(axis=1)
    return gradient, information


def completed(parameters: FloatArray, points: FloatArray, expected: Expected, priors: ItemPriors) -> FloatArray:
    """Each item's completed log-likelihood plus the log-density of its parameters, (J,)."""
    right, wrong = curves(parameters, points)
    density = log_prior(parameters, priors)
    density += (expected.correct * (right - wrong) + expected.seen * wrong).sum(axis=1)
    return density


def maximisation(
    parameters: FloatArray, points: FloatArray, expected: Expected, priors: ItemPriors, shape: Shape
) -> FloatArray:
    """Items after some Newton steps (Fisher scoring) with step halving; none gets worse.

    Args:
        parameters: (J, K) as they are now.
        points: (Q,) abilities.
        expected: From the E step.
        priors: Over items; of `log a` there is none where it is common to all items.
        shape: The model.
    """
    current = completed(parameters, points, expected, priors)
    for _ in range(_STEPS):
        gradient, information = expected_information(parameters, points, expected)
        for column, prior in enumerate(priors.of(shape.parameters)):
            gradient[:, column] -= prior.precision * (parameters[:, column] - prior.mean)
            information[:, column, column] += prior.precision + _RIDGE
        step = _common_step(gradient, information) if shape.common_a else _own_steps(gradient, information)
        longest = _LONGEST[: shape.parameters]
        step *= np.min(longest / np.maximum(np.abs(step), longest), axis=1, keepdims=True)
        if shape.common_a:
            step[:, 0] = step[np.argmin(np.abs(step[:, 0])), 0]
        parameters, current, moved = _uphill(parameters, step, points, expected, priors, current, shape)
        if moved < 1e-7:
            break
    return parameters


def _own_steps(gradient: FloatArray, information: FloatArray) -> FloatArray:
    return np.linalg.solve(information, gradient[:, :, None])[:, :, 0].astype(np.float64, copy=False)


def _common_step(gradient: FloatArray, information: FloatArray) -> FloatArray:
    """Newton's step where the first parameter is one for all items: the others are eliminated first."""
    inner, border = information[:, 1:, 1:], information[:, 1:, 0]
    solved = np.linalg.solve(inner, np.stack([border, gradient[:, 1:]], axis=2))
    eliminated = (border * solved[:, :, 0]).sum()
    rest = (border * solved[:, :, 1]).sum()
    first = (gradient[:, 0].sum() - rest) / (information[:, 0, 0].sum() - eliminated + _RIDGE)
    step = np.empty_like(gradient)
    step[:, 0] = first
    step[:, 1:] = solved[:, :, 1] - solved[:, :, 0] * first
    return step


def _uphill(
    parameters: FloatArray,
    step: FloatArray,
    points: FloatArray,
    expected: Expected,
    priors: ItemPriors,
    current: FloatArray,
    shape: Shape,
) -> tuple[FloatArray, FloatArray, float]:
    """Parameters after the step, halved for the items (for all of them with a common a) that it would make worse."""
    whole = 1e-9 * (1.0 + np.abs(current))
    moved, after = parameters, current
    for _ in range(_HALVINGS):
        moved = clipped(parameters + step)
        after = completed(moved, points, expected, priors)
        worse = after < current - whole
        if shape.common_a:
            worse = np.full(len(worse), bool(after.sum() < current.sum() - whole.sum()))
        if not worse.any():
            return moved, after, float(np.abs(moved - parameters).max())
        step = np.where(worse[:, None], 0.5 * step, step)
    better = after > current
    if shape.common_a:
        better = np.full(len(better), bool(after.sum() > current.sum()))
    moved = np.where(better[:, None], moved, parameters)
    return moved, np.where(better, after, current), float(np.abs(moved - parameters).max())

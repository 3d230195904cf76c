"""Difficulty from answers: the two-parameter logistic model, with each item's own estimate as its prior.

Marginal maximum a posteriori estimation by the EM algorithm of Bock and Aitkin (1981) with normal priors of the items
(Mislevy, 1986): abilities are averaged over a standard normal distribution, `log a` and `b` of every item are drawn
towards what its features say, as far as there are few answers. An item that nobody answered keeps its estimate;
with many answers the estimate is forgotten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradatim.errors import InputError
from gradatim.memory.irt import Responses, normal_quadrature
from gradatim.tools.items.item import Difficulty, Item

Floats = NDArray[np.float64]
LOG_A_SPREAD = 0.3
"""Standard deviation of `log a` over items, before any answer."""
_UNKNOWN_ERROR = 1.0
"""Prior standard deviation of b where an item does not say how far its estimate can be trusted."""
_POINTS = 41
_STEPS = 300
_NEWTON = 4
_TOLERANCE = 1e-4
_LARGEST = 1.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """Item parameters as arrays, one an item.

    Attributes:
        a: Discrimination.
        b: Difficulty, logits of ability.
        errors: Standard error of b.
        answers: How many answers each rests on.
    """

    a: Floats
    b: Floats
    errors: Floats
    answers: NDArray[np.int64]


def calibrated(items: Sequence[Item], responses: Responses, *, least: int = 1) -> tuple[Item, ...]:
    """Items with the difficulties that answers show.

    Args:
        items: Their present estimate is the prior, unless it was calibrated: then the features' is gone, and the
            calibrated value serves with the features' error.
        responses: Of learners to these items, by id; others are passed over.
        least: Answers below which an item keeps its estimate.

    Raises:
        InputError: No item was answered.
    """
    known = {item.id: item for item in items}
    columns = [place for place, name in enumerate(responses.items) if name in known]
    if not columns:
        raise InputError("nobody has answered an item of the bank", place="responses", remedy="collect answers first")
    asked = [known[responses.items[place]] for place in columns]
    values = responses.values[:, columns]
    prior = [_prior(item) for item in asked]
    found = estimate(
        values,
        np.array([value.value for value in prior]),
        np.array([value.error or _UNKNOWN_ERROR for value in prior]),
        np.array([value.discrimination for value in prior]),
    )
    new: dict[str, Item] = {}
    for place, item in enumerate(asked):
        count = int(found.answers[place])
        if count >= least:
            difficulty = Difficulty(
                value=round(float(found.b[place]), 3),
                error=round(float(found.errors[place]), 3),
                discrimination=round(float(found.a[place]), 3),
                source="calibrated",
                answers=count,
                features={**item.difficulty.features, **_remembered(prior[place])},
            )
            new[item.id] = item.model_copy(update={"difficulty": difficulty})
    return tuple(new.get(item.id, item) for item in items)


_KEPT = {"prior": "value", "prior_error": "error", "prior_discrimination": "discrimination"}
"""Features under which a calibrated difficulty remembers the estimate that it began from."""


def _prior(item: Item) -> Difficulty:
    """What was estimated before any answer."""
    held, features = item.difficulty, item.difficulty.features
    if held.source == "features" or "prior" not in features:
        return held
    return Difficulty(
        value=features["prior"],
        error=features["prior_error"],
        discrimination=features["prior_discrimination"],
        features={name: value for name, value in features.items() if name not in _KEPT},
    )


def _remembered(prior: Difficulty) -> dict[str, float]:
    return {
        "prior": prior.value,
        "prior_error": prior.error or _UNKNOWN_ERROR,
        "prior_discrimination": prior.discrimination,
    }


def estimate(values: NDArray[np.int8] | Floats, b: Floats, errors: Floats, a: Floats) -> Parameters:
    """Parameters of items from answers.

    Args:
        values: Learners × items: 1 right, 0 wrong, negative not answered.
        b: Prior mean of each difficulty.
        errors: Prior standard deviation of each difficulty.
        a: Prior median of each discrimination.
    """
    quadrature = normal_quadrature(_POINTS)
    theta, weights = quadrature.points, np.log(quadrature.weights)
    right, wrong = (values == 1).astype(np.float64), (values == 0).astype(np.float64)
    prior_alpha, prior_b, precision = np.log(a), b.copy(), 1.0 / errors**2
    alpha, b = prior_alpha.copy(), b.copy()
    posterior = np.empty((len(values), len(theta)))
    for _ in range(_STEPS):
        before = np.concatenate((alpha, b))
        posterior = _posterior(right, wrong, alpha, b, theta, weights)
        hits, seen = right.T @ posterior, (right + wrong).T @ posterior
        for _ in range(_NEWTON):
            alpha, b = _newton(alpha, b, theta, hits, seen, prior_alpha, prior_b, precision)
        if np.abs(np.concatenate((alpha, b)) - before).max() < _TOLERANCE:
            break
    return Parameters(
        np.exp(alpha),
        b,
        _errors(right, wrong, alpha, b, theta, posterior, precision),
        (right + wrong).sum(axis=0).astype(np.int64),
    )


def _posterior(right: Floats, wrong: Floats, alpha: Floats, b: Floats, theta: Floats, weights: Floats) -> Floats:
    """Of each learner's ability over the points: (learners, points)."""
    z = np.exp(alpha)[:, None] * (theta[None, :] - b[:, None])
    log_right, log_wrong = -np.logaddexp(0.0, -z), -np.logaddexp(0.0, z)
    logs = right @ log_right + wrong @ log_wrong + weights[None, :]
    logs -= logs.max(axis=1, keepdims=True)
    found = np.exp(logs)
    return found / found.sum(axis=1, keepdims=True)


def _newton(
    alpha: Floats, b: Floats, theta: Floats, hits: Floats, seen: Floats, prior_alpha: Floats, prior_b: Floats,
    precision: Floats,
) -> tuple[Floats, Floats]:  # fmt: skip
    """One step of Fisher scoring for all items at once, no longer than a logit."""
    a = np.exp(alpha)[:, None]
    gap = theta[None, :] - b[:, None]
    p = 0.5 + 0.5 * np.tanh(0.5 * a * gap)
    rest, spread = hits - seen * p, seen * p * (1.0 - p)
    slope_alpha = (rest * a * gap).sum(axis=1) - (alpha - prior_alpha) / LOG_A_SPREAD**2
    slope_b = -(rest * a).sum(axis=1) - (b - prior_b) * precision
    alpha_alpha = (spread * (a * gap) ** 2).sum(axis=1) + 1.0 / LOG_A_SPREAD**2
    b_b = (spread * a**2).sum(axis=1) + precision
    alpha_b = -(spread * a**2 * gap).sum(axis=1)
    determinant = alpha_alpha * b_b - alpha_b**2
    step_alpha = (b_b * slope_alpha - alpha_b * slope_b) / determinant
    step_b = (alpha_alpha * slope_b - alpha_b * slope_alpha) / determinant
    return alpha + np.clip(step_alpha, -_LARGEST, _LARGEST), b + np.clip(step_b, -_LARGEST, _LARGEST)


def _errors(
    right: Floats, wrong: Floats, alpha: Floats, b: Floats, theta: Floats, posterior: Floats, precision: Floats
) -> Floats:
    """Standard errors of b, by the cross-products of the learners' scores for each item by itself."""
    a = np.exp(alpha)[:, None]
    gap = theta[None, :] - b[:, None]
    p = 0.5 + 0.5 * np.tanh(0.5 * a * gap)
    seen = right + wrong
    # a learner's score for one item: (answer − P) · ∂z, averaged over where the ability may be
    by_b = -(right * (posterior @ np.broadcast_to(a, p.shape).T) - seen * (posterior @ (a * p).T))
    by_alpha = right * (posterior @ (a * gap).T) - seen * (posterior @ (a * gap * p).T)
    b_b = (by_b**2).sum(axis=0) + precision
    alpha_alpha = (by_alpha**2).sum(axis=0) + 1.0 / LOG_A_SPREAD**2
    alpha_b = (by_b * by_alpha).sum(axis=0)
    return np.sqrt(1.0 / np.maximum(b_b - alpha_b**2 / alpha_alpha, 1e-12))

"""Ability of learners from their answers to calibrated items, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.irt.arrays import BoolArray, FloatArray, ResponseArray
from gradatim.memory.irt.bank import ItemBank
from gradatim.memory.irt.climbing import BOUND, climb
from gradatim.memory.irt.logistic import log_probabilities
from gradatim.memory.irt.quadrature import Quadrature, normal_quadrature, points_for
from gradatim.memory.irt.threads import single_threaded

Method = Literal["eap", "map", "ml", "wle"]
METHODS: tuple[Method, ...] = ("eap", "map", "ml", "wle")

_ROWS = 2048


@dataclass(frozen=True, slots=True)
class Abilities:
    """Abilities of learners on the scale of the items."""

    theta: FloatArray
    """(N,), always finite."""
    se: FloatArray
    """(N,): posterior standard deviation (EAP), or from the information at the estimate; infinite for a maximum
    likelihood estimate without any answer."""
    bounded: BoolArray
    """(N,): the estimate lies at ±`BOUND` because the likelihood has no maximum within."""


@single_threaded()
def abilities(
    values: ResponseArray,
    bank: ItemBank,
    *,
    method: Method = "eap",
    population: Quadrature | None = None,
) -> Abilities:
    """Estimate abilities.

    Args:
        values: (N, J): 1 correct, 0 wrong, −1 not answered.
        bank: J items.
        method: `eap`: mean of the posterior (Bock and Mislevy, 1982); `map`: its mode, under a normal population of
            the same mean and standard deviation; `ml`: maximum of the likelihood; `wle`: weighted likelihood, almost
            unbiased and finite for any pattern of answers (Warm, 1989).
        population: Of abilities; standard normal when not given. Not used by `ml` and `wle`.

    Raises:
        InputError: The answers do not fit the bank, or there is no such method.
    """
    if values.ndim != 2 or values.shape[1] != len(bank):
        raise InputError(f"answers of shape {values.shape} to {len(bank)} items", place="responses")
    if method not in METHODS:
        raise InputError(f"there is no method {method!r}", place="method", remedy=f"name one of {', '.join(METHODS)}")
    longest = int((values >= 0).sum(axis=1).max(initial=0))
    prior = population or normal_quadrature(points_for(longest))
    parts = [_block(values[start : start + _ROWS], bank, method, prior) for start in range(0, len(values), _ROWS)]
    if not parts:
        return Abilities(np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.bool_))
    return Abilities(
        np.concatenate([part.theta for part in parts]),
        np.concatenate([part.se for part in parts]),
        np.concatenate([part.bounded for part in parts]),
    )


def _block(values: ResponseArray, bank: ItemBank, method: Method, population: Quadrature) -> Abilities:
    points = population.points if method in ("eap", "map") else np.linspace(-BOUND, BOUND, 121)
    right, wrong = log_probabilities(points, bank.a[:, None], bank.b[:, None], bank.c[:, None])
    log_likelihood = (values == 1).astype(np.float64) @ right + (values == 0).astype(np.float64) @ wrong
    if method == "eap":
        with np.errstate(divide="ignore"):
            return _posterior_mean(log_likelihood + np.log(population.weights), points)
    prior = (population.mean, population.standard_deviation) if method == "map" else None
    if prior:
        log_likelihood -= 0.5 * ((points - prior[0]) / prior[1]) ** 2
    start = points[np.argmax(log_likelihood, axis=1)]
    theta, se = climb(start, values, bank.a, bank.b, bank.c, prior=prior, weighted=method == "wle")
    return Abilities(theta, se, (np.abs(theta) >= BOUND) & (values >= 0).any(axis=1))


def _posterior_mean(log_posterior: FloatArray, points: FloatArray) -> Abilities:
    weights = np.exp(log_posterior - log_posterior.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    theta = weights @ points
    variance = np.maximum(weights @ points**2 - theta**2, 0.0)
    return Abilities(theta, np.sqrt(variance), np.zeros(len(theta), dtype=np.bool_))

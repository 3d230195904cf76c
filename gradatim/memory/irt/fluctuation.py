"""Momentary fluctuation: a learner is not equally able at every sitting.

`P = c + (1 − c)·σ(a(θ + ε_t − b))` with ε_t ~ N(0, σ²), the same for all answers of one sitting t. Averaged over ε
an item discriminates less than it does within a sitting; how much σ is can be seen only where learners come back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.irt.arrays import FloatArray, ResponseArray
from gradatim.memory.irt.bank import ItemBank
from gradatim.memory.irt.logistic import log_probabilities, probability
from gradatim.memory.irt.quadrature import normal_quadrature
from gradatim.memory.irt.threads import single_threaded

_LOGISTIC_NORMAL = (16.0 * math.sqrt(3.0) / (15.0 * math.pi)) ** 2
"""k² of the approximation `∫ σ(x) N(x; μ, s²) dx ≈ σ(μ/√(1 + k²s²))` (Zeger, Liang and Albert, 1988)."""
_POINTS = np.linspace(-6.0, 6.0, 121)
_SPACING = 0.1
_LARGEST = 3.0
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_ROUNDS = 20


def attenuation(a: FloatArray, sigma: float) -> FloatArray:
    """By what an item's discrimination is multiplied when fluctuation is averaged over: `1/√(1 + k²a²σ²)`, in (0, 1].

    Args:
        a: Discriminations within a sitting.
        sigma: Standard deviation of the fluctuation.
    """
    return 1.0 / np.sqrt(1.0 + _LOGISTIC_NORMAL * (a * sigma) ** 2)


def attenuated(bank: ItemBank, sigma: float) -> ItemBank:
    """The bank as it answers for a learner whose fluctuation of the moment is not known."""
    return bank if sigma == 0.0 else replace(bank, a=bank.a * attenuation(bank.a, sigma))


def fluctuating_probability(
    theta: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray | float, sigma: float, *, points: int = 41
) -> FloatArray:
    """Probability of a correct answer with the fluctuation integrated out by quadrature.

    The shapes follow numpy's rules, as of `gradatim.memory.irt.logistic.probability`.
    """
    if sigma == 0.0:
        return probability(theta, a, b, c)
    moments = normal_quadrature(points, sd=sigma)
    total = moments.weights[0] * probability(theta + moments.points[0], a, b, c)
    for point, weight in zip(moments.points[1:], moments.weights[1:], strict=True):
        total = total + weight * probability(theta + point, a, b, c)
    return total


@dataclass(frozen=True, slots=True)
class Fluctuation:
    """How much learners vary, within themselves and among each other."""

    sigma: float
    """Standard deviation of the fluctuation from sitting to sitting."""
    se: float | None
    """Standard error of σ from the curvature of the profile likelihood; `None` where it has none, as at σ = 0."""
    ability_sd: float
    """Standard deviation of lasting ability."""
    log_likelihood: float
    log_likelihood_without: float
    """With σ = 0: twice the difference is large where learners do fluctuate."""


@single_threaded()
def estimate_fluctuation(
    learners: Sequence[str], values: ResponseArray, bank: ItemBank, *, ability_sd: float | None = None
) -> Fluctuation:
    """Estimate the fluctuation from repeated sittings, by maximum marginal likelihood.

    Args:
        learners: Who sat, one name a sitting (S,).
        values: (S, J) the answers of each sitting: 1, 0, or −1 for not answered.
        bank: J items with their parameters within a sitting.
        ability_sd: Standard deviation of lasting ability; estimated too when not given.

    Raises:
        InputError: Shapes that do not fit, or no learner who came back.
    """
    if values.shape != (len(learners), len(bank)):
        raise InputError(f"{len(learners)} sittings, {len(bank)} items, answers of {values.shape}", place="sittings")
    number = {name: index for index, name in enumerate(dict.fromkeys(learners))}
    who = np.array([number[name] for name in learners])
    if len(number) == len(learners):
        raise InputError("every learner sat once", place="sittings", remedy="give sittings of learners who came back")
    right, wrong = log_probabilities(_POINTS, bank.a[:, None], bank.b[:, None], bank.c[:, None])
    given = (values == 1).astype(np.float64) @ right + (values == 0).astype(np.float64) @ wrong
    highest = given.max(axis=1, keepdims=True)
    likelihood, constant = np.exp(given - highest), float(highest.sum())
    order = np.argsort(who, kind="stable")
    starts = np.flatnonzero(np.diff(who[order], prepend=-1))

    def profile(sigma: float) -> tuple[float, float]:
        """Log-likelihood at the best standard deviation of ability, and that."""
        with np.errstate(divide="ignore"):
            at_sitting = np.log(likelihood @ _kernel(sigma).T)
        together = np.add.reduceat(at_sitting[order], starts, axis=0)
        top = together.max(axis=1, keepdims=True)
        relative, base = np.exp(together - top), float(top.sum()) + constant

        def of_sd(sd: float) -> float:
            weights = np.exp(-0.5 * (_POINTS / sd) ** 2)
            return base + float(np.log(relative @ (weights / weights.sum())).sum())

        sd = ability_sd or _best(of_sd, 0.1, _LARGEST)
        return of_sd(sd), sd

    sigma = _best(lambda value: profile(value)[0], 0.0, _LARGEST)
    (found, sd), (without, sd_without) = profile(sigma), profile(0.0)
    if without >= found:
        return Fluctuation(0.0, None, sd_without, without, without)
    step = max(0.02, 0.05 * sigma)
    curvature = (profile(sigma + step)[0] - 2.0 * found + profile(abs(sigma - step))[0]) / step**2
    return Fluctuation(sigma, 1.0 / math.sqrt(-curvature) if curvature < 0.0 else None, sd, found, without)


def _kernel(sigma: float) -> FloatArray:
    """(Q, Q): how likely each momentary ability is at each lasting one. Cells are as wide as the points' spacing, so
    that a σ below it still counts."""
    if sigma == 0.0:
        return np.eye(len(_POINTS))
    count = len(_POINTS)
    edges = (np.arange(-count, count) + 0.5) * _SPACING / (sigma * math.sqrt(2.0))
    shares = np.diff([0.5 * math.erf(edge) for edge in edges.tolist()])
    apart = np.arange(count)[None, :] - np.arange(count)[:, None]
    weights = shares[apart + count - 1]
    return weights / weights.sum(axis=1, keepdims=True)


def _best(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one maximum is largest, by golden-section search."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    for _ in range(_ROUNDS):
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
    return 0.5 * (low + high)

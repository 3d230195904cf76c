"""The logistic item response model: probability of a correct answer, and what an answer tells.

`P(θ) = c + (1 − c)·σ(a(θ − b))` with discrimination a, difficulty b and pseudo-guessing c (Birnbaum, 1968): the
three-parameter model; with c = 0 the two-parameter model; with one a for all items the one-parameter model. There
is no scaling constant (D = 1), so that a is in logits a unit of ability.
"""

from __future__ import annotations

import math

import numpy as np

from gradatim.memory.irt.arrays import FloatArray


def sigmoid(x: FloatArray) -> FloatArray:
    """`1 / (1 + e^−x)`, without overflow for any finite x."""
    return 0.5 + 0.5 * np.tanh(0.5 * x)


def probability(theta: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray | float = 0.0) -> FloatArray:
    """Probability of a correct answer, in [c, 1].

    Args:
        theta: Abilities.
        a: Discriminations, in logits a unit of ability.
        b: Difficulties, on the scale of ability.
        c: Probabilities of guessing.

    The shapes follow numpy's rules: `probability(theta[:, None], a, b, c)` gives examinees × items.
    """
    return c + (1.0 - c) * sigmoid(a * (theta - b))


def log_probabilities(
    theta: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray | float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """`log P` and `log (1 − P)`; both finite wherever the arguments are."""
    z = a * (theta - b)
    # log(1 − σ(z)) = −log(1 + e^z), in the form that neither overflows nor cancels
    tail = np.log1p(np.exp(-np.abs(z)))
    wrong = -np.maximum(z, 0.0) - tail
    right = np.minimum(z, 0.0) - tail
    if not np.any(c):
        return right, wrong
    with np.errstate(divide="ignore"):
        return np.logaddexp(np.log(c), np.log1p(-np.asarray(c)) + right), np.log1p(-np.asarray(c)) + wrong


def item_information(theta: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray | float = 0.0) -> FloatArray:
    """Fisher information of one answer about ability: `a² · (1 − P)/P · ((P − c)/(1 − c))²`.

    Birnbaum (1968); for c = 0 it is `a²·P·(1 − P)`, largest at θ = b. The shapes follow numpy's rules.
    """
    # a²·σ(1 − σ) = (a/2)²·(1 − tanh²(z/2)), in place: this is what adaptive tests spend their time on
    half = 0.5 * np.asarray(a)
    bare = np.tanh(half * (theta - b))
    if not np.any(c):
        bare *= bare
        np.subtract(1.0, bare, out=bare)
        bare *= half * half
        return bare
    s = 0.5 + 0.5 * bare
    p = c + (1.0 - c) * s
    # (1 − P)/P · σ² = (1 − c)(1 − σ)σ · σ/P
    share = np.divide(s, p, out=np.zeros_like(p), where=p > 0.0)
    return half * half * (1.0 - bare * bare) * (1.0 - c) * share


def total_information(theta: FloatArray, a: FloatArray, b: FloatArray, c: FloatArray | float = 0.0) -> FloatArray:
    """Information of a whole test, the sum over its items, at each ability of a one-dimensional array."""
    return item_information(theta[:, None], a, b, c).sum(axis=1)


def standard_error_of_measurement(information: FloatArray) -> FloatArray:
    """`1/√I`: the standard error of a maximum likelihood estimate; infinite where nothing is known."""
    with np.errstate(divide="ignore"):
        return 1.0 / np.sqrt(information)


def most_informative_ability(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """The ability about which an item tells most: `b + ln((1 + √(1 + 8c))/2)/a` (Lord, 1980); b where c = 0."""
    return b + np.log((1.0 + np.sqrt(1.0 + 8.0 * c)) / 2.0) / a


def probability_at(theta: float, a: float, b: float, c: float = 0.0) -> float:
    """`probability` of plain numbers, for work on one answer at a time."""
    z = a * (theta - b)
    s = 1.0 / (1.0 + math.exp(-z)) if z >= 0.0 else (e := math.exp(max(z, -700.0))) / (1.0 + e)
    return c + (1.0 - c) * s

"""How well each item keeps to the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.bank import ItemBank
from gradatim.memory.irt.chisquare import chi_square_tail
from gradatim.memory.irt.expectation import Answers, posterior
from gradatim.memory.irt.logistic import log_probabilities, probability
from gradatim.memory.irt.quadrature import Quadrature, normal_quadrature, points_for
from gradatim.memory.irt.responses import Responses
from gradatim.memory.irt.threads import single_threaded

_SMALLEST = 5.0
"""Expected right and wrong answers that a group must have (Cochran's rule)."""


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Residuals of each item in units of what the model expects: about 1 where it fits.

    Well above 1: answers are noisier than the model says; well below: more regular.
    """

    infit: FloatArray
    """(J,) weighted by information: what happens near the item's difficulty."""
    outfit: FloatArray
    """(J,) unweighted: surprises far from it."""


@dataclass(frozen=True, slots=True)
class ScoreFit:
    """S-X² of one item."""

    statistic: float
    freedom: int
    """Degrees of freedom."""
    p: float
    """Probability of so large a statistic if the model holds; 1 where there is nothing to test."""


@single_threaded()
def mean_squares(responses: Responses, bank: ItemBank, *, population: Quadrature | None = None) -> MeanSquares:
    """Infit and outfit (Wright and Masters, 1982), of each answer as the learner's other answers foretell it.

    An ability estimated with the answer itself would explain part of its surprise away.

    Args:
        responses: Learners × items, the items of the bank in its order.
        bank: The items.
        population: Of abilities; standard normal when not given.
    """
    _check(responses, bank)
    population = population or normal_quadrature(points_for(len(bank)))
    right, wrong = log_probabilities(population.points, bank.a[:, None], bank.b[:, None], bank.c[:, None])
    p = np.clip(np.exp(right), 1e-12, 1.0 - 1e-12)
    squares, expected, surprise, seen = np.zeros((4, len(bank)))
    for block in Answers(responses.values):
        weights, _ = posterior(block, right, wrong, population)
        counts: FloatArray = np.ones(len(weights)) if block.counts is None else block.counts
        for item in range(len(bank)):
            answered = counts if block.seen is None else counts * block.seen[:, item]
            correct = block.correct[:, item]
            # What was given to the item is taken out again, then the rest is asked what it expects of it.
            given = correct[:, None] * p[item] + (1.0 - correct[:, None]) * (1.0 - p[item])
            without = weights / given
            chance = np.clip((without @ p[item]) / without.sum(axis=1), 1e-9, 1.0 - 1e-9)
            variance = chance * (1.0 - chance)
            residual = (correct - chance) ** 2
            squares[item] += answered @ residual
            expected[item] += answered @ variance
            surprise[item] += answered @ (residual / variance)
            seen[item] += answered.sum()
    none = np.full(len(bank), np.nan)
    return MeanSquares(
        np.divide(squares, expected, out=none.copy(), where=expected > 0.0),
        np.divide(surprise, seen, out=none.copy(), where=seen > 0.0),
    )


def score_fit(responses: Responses, bank: ItemBank, *, population: Quadrature | None = None) -> tuple[ScoreFit, ...]:
    """S-X² of Orlando and Thissen (2000): right answers in groups of equal total score, against the model.

    Learners who left out an item are not used: their scores mean something else. Neighbouring scores are joined until
    at least five right and five wrong answers are expected. Degrees of freedom are groups less estimated parameters (2,
    or 3 with guessing).

    Args:
        responses: Learners × items, the items of the bank in its order.
        bank: The items.
        population: Of abilities; standard normal when not given.

    Raises:
        InputError: Nobody answered all items.
    """
    _check(responses, bank)
    values = responses.values[(responses.values >= 0).all(axis=1)]
    if not len(values):
        raise InputError("nobody answered all items", place="responses", remedy="test the fit of fewer items")
    population = population or normal_quadrature(points_for(len(bank)))
    p = probability(population.points, bank.a[:, None], bank.b[:, None], bank.c[:, None])
    scores = values.sum(axis=1, dtype=np.int64)
    totals = np.bincount(scores, minlength=len(bank) + 1).astype(np.float64)
    whole = score_distribution(p) @ population.weights
    parameters = 3 if bank.c.any() else 2
    found: list[ScoreFit] = []
    for item in range(len(bank)):
        rest = score_distribution(np.delete(p, item, axis=0))
        right = np.concatenate([[0.0], rest @ (population.weights * p[item])])
        share = np.divide(right, whole, out=np.zeros_like(right), where=whole > 0.0)
        observed = np.bincount(scores[values[:, item] == 1], minlength=len(bank) + 1).astype(np.float64)
        found.append(_grouped(totals[1:-1], totals[1:-1] * share[1:-1], observed[1:-1], parameters))
    return tuple(found)


def score_distribution(p: FloatArray) -> FloatArray:
    """Probability of each total score at each ability, by the recursion of Lord and Wingersky (1984).

    Args:
        p: (J, Q) probabilities of right answers.

    Returns:
        (J + 1, Q), each column summing to 1.
    """
    scores = np.zeros((len(p) + 1, p.shape[1]))
    scores[0] = 1.0
    for done, item in enumerate(p, start=1):
        scores[1 : done + 1] = scores[1 : done + 1] * (1.0 - item) + scores[:done] * item
        scores[0] *= 1.0 - item
    return scores


def _grouped(totals: FloatArray, expected: FloatArray, observed: FloatArray, parameters: int) -> ScoreFit:
    groups: list[tuple[float, float, float]] = []
    total = right = seen = 0.0
    for n, e, o in zip(totals, expected, observed, strict=True):
        total, right, seen = total + float(n), right + float(e), seen + float(o)
        if right >= _SMALLEST and total - right >= _SMALLEST:
            groups.append((total, right, seen))
            total = right = seen = 0.0
    if groups and total > 0.0:
        last = groups.pop()
        groups.append((last[0] + total, last[1] + right, last[2] + seen))
    statistic = sum((o - e) ** 2 / e + (o - e) ** 2 / (n - e) for n, e, o in groups)
    freedom = len(groups) - parameters
    return ScoreFit(statistic, max(freedom, 0), chi_square_tail(statistic, freedom) if freedom > 0 else 1.0)


def _check(responses: Responses, bank: ItemBank) -> None:
    if responses.items != bank.ids:
        raise InputError(
            f"responses to {len(responses.items)} items, a bank of {len(bank)}, not the same or not in the same order",
            place="responses",
            remedy="give the items that the responses are of",
        )

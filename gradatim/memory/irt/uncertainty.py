"""Standard errors of item parameters, from the information that the answers really hold.

Louis (1982): the information of what was observed is that of the completed data less the variance of the completed
score over what was not observed, the ability. Here the first is the expected (Fisher) information of each item at
the fitted curves, the second is computed learner by learner.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.expectation import Answers, Block, Expected, posterior
from gradatim.memory.irt.logistic import sigmoid
from gradatim.memory.irt.maximisation import curves, expected_information, slopes
from gradatim.memory.irt.priors import ItemPriors
from gradatim.memory.irt.quadrature import Quadrature


def item_information_blocks(
    answers: Answers, parameters: FloatArray, population: Quadrature, expected: Expected
) -> FloatArray:
    """Observed information of each item alone, (J, K, K), without what it shares with other items.

    Args:
        answers: Of the learners.
        parameters: (J, K): `log a`, `b`, `logit c`.
        population: Of abilities.
        expected: The E step at these parameters.
    """
    p, derivatives = slopes(parameters, population.points)
    weights = [derivative / (p * (1.0 - p)) for derivative in derivatives]
    # E[(y − P)²] summed over learners: y² = y
    squares = expected.correct * (1.0 - 2.0 * p) + expected.seen * p * p
    _, information = expected_information(parameters, population.points, expected)
    count = len(weights)
    for i in range(count):
        for j in range(count):
            information[:, i, j] -= (squares * weights[i] * weights[j]).sum(axis=1)
    right, wrong = curves(parameters, population.points)
    for block in answers:
        share, counts = _shares(block, right, wrong, population)
        scores = _scores(block, share, weights, p)
        for i in range(count):
            for j in range(count):
                product = scores[i] * scores[j]
                information[:, i, j] += product.sum(axis=0) if counts is None else counts @ product
    return information


def observed_information(
    answers: Answers, parameters: FloatArray, population: Quadrature, expected: Expected
) -> FloatArray:
    """Observed information of all parameters together, (J·K, J·K), items varying slowest; arguments as above."""
    p, derivatives = slopes(parameters, population.points)
    items, count = parameters.shape
    weights = [derivative / (p * (1.0 - p)) for derivative in derivatives]
    right, wrong = curves(parameters, population.points)
    total = np.zeros((items, count, items, count))
    for block in answers:
        share, counts = _shares(block, right, wrong, population)
        scores = np.stack(_scores(block, share, weights, p), axis=2).reshape(len(share), items * count)
        weighted = scores if counts is None else scores * counts[:, None]
        total += (weighted.T @ scores).reshape(total.shape)
        if counts is not None:
            share = share * counts[:, None]
        for point in range(len(population.points)):
            residual = block.correct - p[:, point]
            if block.seen is not None:
                residual *= block.seen
            # The covariance of completed scores is one matrix of residuals at each ability, times their slopes.
            covariance = (residual * share[:, point, None]).T @ residual
            slope = np.stack([weight[:, point] for weight in weights], axis=1)
            total -= slope[:, :, None, None] * covariance[:, None, :, None] * slope[None, None, :, :]
    _, own = expected_information(parameters, population.points, expected)
    for item in range(items):
        total[item, :, item, :] += own[item]
    return total.reshape(items * count, items * count)


def cross_product_information(answers: Answers, parameters: FloatArray, population: Quadrature) -> FloatArray:
    """Sum over learners of the squared score, (J·K, J·K): cheaper for many items; needs many more learners than that.

    Berndt, Hall, Hall and Hausman (1974); arguments as above.
    """
    p, derivatives = slopes(parameters, population.points)
    items, count = parameters.shape
    weights = [derivative / (p * (1.0 - p)) for derivative in derivatives]
    right, wrong = curves(parameters, population.points)
    total = np.zeros((items * count, items * count))
    for block in answers:
        share, counts = _shares(block, right, wrong, population)
        scores = np.stack(_scores(block, share, weights, p), axis=2).reshape(len(share), items * count)
        total += (scores if counts is None else scores * counts[:, None]).T @ scores
    return total


def with_priors(information: FloatArray, priors: ItemPriors, count: int) -> FloatArray:
    """Information of a full matrix (J·K, J·K) or of blocks (J, K, K), with that of the priors added."""
    precision = np.array([prior.precision for prior in priors.of(count)])
    added = information.copy()
    if added.ndim == 3:
        added[:, range(count), range(count)] += precision
    else:
        diagonal = np.arange(len(added))
        added[diagonal, diagonal] += np.tile(precision, len(added) // count)
    return added


def _shares(
    block: Block, right: FloatArray, wrong: FloatArray, population: Quadrature
) -> tuple[FloatArray, FloatArray | None]:
    """Posterior of each row, summing to 1, and how many learners the row stands for."""
    share, _ = posterior(block, right, wrong, population)
    return (share, None) if block.counts is None else (share / block.counts[:, None], block.counts)


def _scores(block: Block, share: FloatArray, weights: list[FloatArray], p: FloatArray) -> list[FloatArray]:
    """Derivative of each learner's log-likelihood by each item's parameters: K arrays of (N, J)."""
    scores: list[FloatArray] = []
    for weight in weights:
        score = block.correct * (share @ weight.T)
        expected = share @ (weight * p).T
        score -= expected if block.seen is None else block.seen * expected
        scores.append(score)
    return scores


def inverse(information: FloatArray) -> FloatArray:
    """Inverse, through eigenvalues that are kept positive: an item without worth has a large error, not a negative."""
    values, vectors = np.linalg.eigh(information)
    kept = np.maximum(values, 1e-6)
    return (vectors / kept[..., None, :]) @ np.swapaxes(vectors, -1, -2)


def covariance_of(
    answers: Answers,
    parameters: FloatArray,
    population: Quadrature,
    expected: Expected,
    priors: ItemPriors,
    *,
    kind: Literal["observed", "cross-product", "item"],
    common_a: bool,
) -> FloatArray:
    """Covariance of (a, b) or (a, b, c) of all items.

    Args:
        answers: Of the learners.
        parameters: (J, K): `log a`, `b`, `logit c`.
        population: Of abilities.
        expected: The E step at these parameters.
        priors: Over items.
        kind: Which information.
        common_a: All items have the same discrimination.

    Returns:
        (J·K, J·K), items varying slowest, or (J, K, K) for `item`.
    """
    if kind == "item" and not common_a:
        information = item_information_blocks(answers, parameters, population, expected)
    elif kind == "cross-product":
        information = cross_product_information(answers, parameters, population)
    else:
        information = observed_information(answers, parameters, population, expected)
    information = with_priors(information, priors, parameters.shape[1])
    scale = _scale(parameters)
    if information.ndim == 3:
        return inverse(information) * scale[:, :, None] * scale[:, None, :]
    if not common_a:
        return inverse(information) * np.outer(scale, scale)
    items = len(scale)
    expand = np.zeros((2 * items, items + 1))
    expand[0::2, 0] = 1.0
    expand[1::2, 1:] = np.eye(items)
    free = inverse(expand.T @ information @ expand)
    return (expand @ free @ expand.T) * np.outer(scale, scale)


def _scale(parameters: FloatArray) -> FloatArray:
    """Derivatives of (a, b, c) by (`log a`, `b`, `logit c`): (J, K)."""
    scale = np.ones_like(parameters)
    scale[:, 0] = np.exp(parameters[:, 0])
    if parameters.shape[1] == 3:
        c = sigmoid(parameters[:, 2])
        scale[:, 2] = c * (1.0 - c)
    return scale

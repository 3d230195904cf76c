"""Fitting a calibration to cases whose outcome is known, and saying what it is worth.

Two small models: an L2-regularised logistic regression on the features (Newton steps, also known as iteratively
reweighted least squares), and an isotonic regression of the outcome on the uncalibrated confidence (pool adjacent
violators). Which of them describes unseen cases better is found by cross-validation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from gradatim.agents.calibration import METHODS, Calibration, Example, Method
from gradatim.agents.features import FEATURES, weighted_mean
from gradatim.agents.reliability import Bin, Reliability, reliability, reliability_table
from gradatim.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

FOLDS = 5
L2 = 1.0
"""Weight of the squared coefficients against the log-likelihood, features being standardised."""
LEAST = 20
"""Cases of each outcome without which nothing is fitted."""
STEPS = 100


@dataclass(frozen=True, slots=True)
class FitReport:
    """What a fit is worth: figures on cases that the model being judged had not seen.

    Attributes:
        before: Of the uncalibrated confidence.
        after: Cross-validated, of the method that was chosen.
        tried: Cross-validated, of every method.
        table: Reliability of the cross-validated probabilities, bins of equal mass.
    """

    method: Method
    before: Reliability
    after: Reliability
    tried: dict[str, Reliability] = field(default_factory=dict[str, Reliability])
    table: tuple[Bin, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As plain JSON data."""
        return asdict(self)


def fit(rows: Sequence[Example], method: Method | None = None, *, l2: float = L2) -> Calibration:
    """Fit a calibration.

    Args:
        rows: Cases whose outcome is known.
        method: Found by cross-validation when not given.
        l2: Regularisation of the logistic regression.

    Raises:
        InputError: There are fewer than `LEAST` cases of one outcome.
    """
    _enough(rows)
    return _fitted(rows, method or evaluate(rows, l2=l2).method, l2)


def evaluate(rows: Sequence[Example], method: Method | None = None, *, l2: float = L2, folds: int = FOLDS) -> FitReport:
    """Cross-validate: every case is judged by a model fitted to the other folds, which hold both outcomes alike.

    Args:
        method: The one to report; when not given, the one with the smaller Brier score.

    Raises:
        InputError: There are fewer than `LEAST` cases of one outcome.
    """
    _enough(rows)
    right = [row.right for row in rows]
    stated: dict[Method, list[float]] = {
        name: _out_of_fold(rows, name, l2, folds) for name in METHODS if method in (None, name)
    }
    tried = {name: reliability(values, right) for name, values in stated.items()}
    chosen = min(stated, key=lambda name: tried[name].brier)
    return FitReport(
        method=chosen,
        before=reliability([weighted_mean(row.features) for row in rows], right),
        after=tried[chosen],
        tried={str(name): figures for name, figures in tried.items()},
        table=reliability_table(stated[chosen], right, binning="mass"),
    )


def pool_adjacent_violators(values: Sequence[float], weights: Sequence[float] | None = None) -> list[float]:
    """The rising sequence nearest to `values` in weighted squared distance.

    Source: Ayer et al., "An empirical distribution function for sampling with incomplete information" (1955).
    """
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights or [1.0] * len(values), strict=True):
        mean, mass, size = value, weight, 1
        while blocks and blocks[-1][0] >= mean:
            earlier, its_mass, its_size = blocks.pop()
            mean = (earlier * its_mass + mean * mass) / (its_mass + mass)
            mass, size = mass + its_mass, size + its_size
        blocks.append((mean, mass, size))
    return [mean for mean, _, size in blocks for _ in range(size)]


def logistic_regression(matrix: Array, outcomes: Array, l2: float = L2) -> tuple[float, Array]:
    """Intercept and coefficients that maximise log-likelihood − l2/2 · Σ coefficient².

    The intercept is not regularised. Newton steps are halved where they would not improve the objective.

    Args:
        matrix: n × k standardised features.
        outcomes: n values, 0 or 1.

    Source: Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning" (2009), section 4.4.1.
    """
    import numpy as np

    design = np.column_stack([np.ones(len(matrix)), matrix])
    penalty = np.diag([0.0] + [l2] * matrix.shape[1])

    def objective(weights: Array) -> float:
        scores = design @ weights
        return float(np.sum(np.logaddexp(0, scores) - outcomes * scores) + 0.5 * weights @ penalty @ weights)

    weights = np.zeros(design.shape[1])
    best = objective(weights)
    for _ in range(STEPS):
        probabilities = 1 / (1 + np.exp(-np.clip(design @ weights, -500, 500)))
        gradient = design.T @ (probabilities - outcomes) + penalty @ weights
        curvature = design.T @ (design * (probabilities * (1 - probabilities))[:, None]) + penalty
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(weights)), gradient)
        size = 1.0
        while size > 1e-8 and objective(weights - size * step) > best:
            size /= 2
        weights = weights - size * step
        reached = objective(weights)
        if best - reached < 1e-10:
            break
        best = reached
    return float(weights[0]), weights[1:]


def _enough(rows: Sequence[Example]) -> None:
    right = sum(row.right for row in rows)
    wrong = len(rows) - right
    if min(right, wrong) < LEAST:
        raise InputError(
            f"a calibration needs {LEAST} cases of each outcome; there are {right} right and {wrong} wrong",
            place="calibration",
            remedy="decide about more feedback (`gradatim review`), or give more cases",
        )


def _fitted(rows: Sequence[Example], method: Method, l2: float) -> Calibration:
    right = [row.right for row in rows]
    if method == "isotonic":
        return _isotonic(rows, right)
    import numpy as np

    known = {name: [value for row in rows if (value := row.features.get(name)) is not None] for name in FEATURES}
    means = {name: sum(values) / len(values) for name, values in known.items() if values}
    columns = {
        name: np.array([row.features.get(name) if row.features.get(name) is not None else mean for row in rows])
        for name, mean in means.items()
    }
    scales = {name: float(np.std(column.astype(float))) for name, column in columns.items()}
    used = [name for name in columns if scales[name] > 1e-6]  # what never differs tells nothing
    matrix = np.column_stack([(columns[name].astype(float) - means[name]) / scales[name] for name in used])
    intercept, coefficients = logistic_regression(matrix, np.array(right, dtype=float), l2)
    return Calibration(
        method="logistic",
        cases=len(rows),
        right=sum(right),
        intercept=round(intercept, 6),
        coefficients={name: round(float(value), 6) for name, value in zip(used, coefficients, strict=True)},
        means={name: round(means[name], 6) for name in used},
        scales={name: round(scales[name], 6) for name in used},
    )


def _isotonic(rows: Sequence[Example], right: Sequence[bool]) -> Calibration:
    """Isotonic regression of the outcome on the uncalibrated confidence, one point for each different confidence.

    Every pooled block is given one more case of each outcome (rule of succession), so that nothing is said to be
    certain, and small blocks least of all.
    """
    groups: dict[float, list[bool]] = {}
    for row, good in zip(rows, right, strict=True):
        groups.setdefault(weighted_mean(row.features), []).append(good)
    scores = sorted(groups)
    sizes = [float(len(groups[score])) for score in scores]
    pooled = pool_adjacent_violators([sum(groups[score]) / len(groups[score]) for score in scores], sizes)
    mass: dict[float, float] = {}
    for share, size in zip(pooled, sizes, strict=True):
        mass[share] = mass.get(share, 0.0) + size
    cautious = [(share * mass[share] + 1) / (mass[share] + 2) for share in pooled]
    smooth = pool_adjacent_violators(cautious, sizes)
    return Calibration(
        method="isotonic",
        cases=len(rows),
        right=sum(right),
        scores=tuple(scores),
        probabilities=tuple(round(value, 6) for value in smooth),
    )


def _out_of_fold(rows: Sequence[Example], method: Method, l2: float, folds: int) -> list[float]:
    fold = [0] * len(rows)
    for outcome in (True, False):
        for place, number in enumerate(index for index, row in enumerate(rows) if row.right is outcome):
            fold[number] = place % folds
    stated = [0.0] * len(rows)
    for held_out in range(folds):
        model = _fitted([row for row, number in zip(rows, fold, strict=True) if number != held_out], method, l2)
        for number, row in enumerate(rows):
            if fold[number] == held_out:
                stated[number] = model.probability(row.features)
    return stated

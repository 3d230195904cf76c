"""Logistic regression on a few dense columns and many categories, each kind of term with a penalty of its own.

A penalty on the weights of categories is a normal prior with mean zero: a category that was seen seldom keeps a weight
near 0, as a random effect would (Gelman and Hill, 2007).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.data.sequences import Codes, Flags, totals
from gradatim.memory.tracing.fitting.optimise import minimise

Reals = npt.NDArray[np.float64]

_VARIANCE = 0.18
"""Of a typical response, p(1 − p): for the scale on which the search moves."""


@dataclass(frozen=True, slots=True)
class Group:
    """A term with one weight a category, or one slope a category."""

    codes: Codes
    """Category of each row, shape (rows,)."""
    size: int
    """How many categories there are."""
    penalty: float
    values: Reals | None = None
    """What the weight is multiplied with; 1 when not given."""
    others: bool = False
    """Whether category 0 stands for all those without a weight: its weight stays 0."""

    def rows(self, keep: npt.NDArray[np.int64] | Flags) -> Group:
        """The group for some rows."""
        values = None if self.values is None else self.values[keep]
        return replace(self, codes=self.codes[keep], values=values)


@dataclass(frozen=True, slots=True)
class Design:
    """The columns of a regression."""

    dense: Reals
    """Shape (rows, columns)."""
    groups: Sequence[Group]
    penalty: float = 1.0
    """Of the dense columns, on the scale of their standard deviations."""

    def rows(self, keep: npt.NDArray[np.int64] | Flags) -> Design:
        """The design for some rows."""
        return Design(self.dense[keep], [group.rows(keep) for group in self.groups], self.penalty)


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted weights, for columns as they are."""

    intercept: float
    dense: Reals
    """Shape (columns,)."""
    groups: tuple[Reals, ...]
    """One array of shape (size,) for each group."""

    def log_odds(self, design: Design) -> Reals:
        """Log odds of a correct response for each row."""
        total = self.intercept + design.dense @ self.dense
        for group, weights in zip(design.groups, self.groups, strict=True):
            part = weights[group.codes]
            total += part if group.values is None else part * group.values
        return total


def fit_logistic(
    design: Design, correct: Flags, *, start: Weights | None = None, steps: int = 150, tolerance: float = 1e-6
) -> Weights:
    """Weights of the highest penalised likelihood.

    Args:
        design: Columns of the rows.
        correct: What is predicted, shape (rows,).
        start: Weights to begin with, of a similar fit.
        steps: Of the search, at most.
        tolerance: Of the search.
    """
    centre = design.dense.mean(axis=0) if len(design.dense) else np.zeros(design.dense.shape[1])
    spread = design.dense.std(axis=0) if len(design.dense) else np.ones(design.dense.shape[1])
    spread = np.where(spread > 1e-9, spread, 1.0)
    scaled = ((design.dense - centre) / spread).astype(np.float32)
    columns = scaled.shape[1]
    ends = np.cumsum([1 + columns] + [group.size for group in design.groups])
    penalty = np.concatenate(
        [[1e-6], np.full(columns, design.penalty)] + [np.full(group.size, group.penalty) for group in design.groups]
    )
    free = np.ones(len(penalty))
    free[[start for start, group in zip(ends[:-1], design.groups, strict=True) if group.others]] = 0.0
    target = correct.astype(np.float64)
    # Kept as machine integers: every other kind would be converted at each look-up.
    places = [group.codes.astype(np.intp) for group in design.groups]
    curvature = np.concatenate(
        [[float(len(target))], (scaled**2).sum(axis=0, dtype=np.float64)] + [_squares(group) for group in design.groups]
    )
    scale = free / np.sqrt(_VARIANCE * curvature + penalty)

    def parts(numbers: Reals) -> list[Reals]:
        return [numbers[start:end] for start, end in pairwise(ends.tolist())]

    def objective(point: Reals) -> tuple[float, Reals]:
        numbers = point * scale
        total = numbers[0] + (scaled @ numbers[1 : 1 + columns].astype(np.float32)).astype(np.float64)
        for group, codes, weights in zip(design.groups, places, parts(numbers), strict=True):
            part = weights.take(codes)
            total += part if group.values is None else part * group.values
        probability = 1.0 / (1.0 + np.exp(-np.clip(total, -35.0, 35.0)))
        loss = float((np.logaddexp(0.0, total) - target * total).sum()) + 0.5 * float(penalty @ numbers**2)
        error = probability - target
        pieces: list[Reals] = [np.array([error.sum()]), (error.astype(np.float32) @ scaled).astype(np.float64)]
        for group, codes in zip(design.groups, places, strict=True):
            weighted = error if group.values is None else error * group.values
            pieces.append(totals(codes, group.size, weighted))
        return loss, (np.concatenate(pieces) + penalty * numbers) * scale

    numbers = np.zeros(int(ends[-1]))
    if start is None:
        rate = (target.sum() + 1.0) / (len(target) + 2.0)
        numbers[0] = np.log(rate / (1.0 - rate))
    else:
        own = [np.array([start.intercept + float(centre @ start.dense)]), start.dense * spread, *start.groups]
        numbers = np.concatenate(own)
    point = np.divide(numbers, scale, out=np.zeros_like(numbers), where=scale > 0.0)
    found = minimise(objective, point, steps=steps, tolerance=tolerance)[0] * scale
    dense = found[1 : 1 + columns] / spread
    return Weights(float(found[0] - centre @ dense), dense, tuple(parts(found)))


def _squares(group: Group) -> Reals:
    weights = None if group.values is None else group.values**2
    return totals(group.codes, group.size, weights)

"""How far raters agree, dimension by dimension, and whether that suffices for what the ratings are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from gradatim.evals.protocol.collecting import Collected
from gradatim.evals.protocol.study import Phase
from gradatim.evals.statistics import (
    Estimate,
    bootstrap,
    cohen_kappa,
    fleiss_kappa,
    icc,
    krippendorff_alpha,
    ratings_table,
)

COMPOSITE = "composite"
ALPHA_RELIABLE, ALPHA_TENTATIVE = 0.8, 0.667
"""Krippendorff, Content Analysis (2004), p. 241: data with α ≥ .800; for tentative conclusions α ≥ .667."""
ICC_GOOD = 0.75
"""Koo and Li, "A guideline of selecting and reporting intraclass correlation coefficients" (2016): good from .75."""
FEWEST = 10
"""Works that two raters share from which anything is said about whether agreement suffices."""
RESAMPLES = 1000

Sufficiency = Literal["reliable", "tentative", "consensus-only", "insufficient", "unknown"]

SAYS: dict[Sufficiency, str] = {
    "reliable": "suffices: α ≥ .800 and ICC(2,k) ≥ .75",
    "tentative": "suffices for tentative conclusions: α ≥ .667 and ICC(2,k) ≥ .75",
    "consensus-only": "single raters differ too much (α < .667), their mean is good (ICC(2,k) ≥ .75): use the mean",
    "insufficient": "does not suffice: discuss the works below, sharpen the anchors, and rate again",
    "unknown": "cannot be said",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two raters.

    Attributes:
        kappa: Cohen's κ with quadratic weights.
        exact, near: Shares of works with the same level, and with at most one level between.
    """

    first: str
    second: str
    works: int
    kappa: Estimate
    exact: float | None
    near: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of all raters in one dimension (or the composite).

    Attributes:
        works: Rated by at least two.
        complete: Rated by all raters that count; what Fleiss' κ and the ICC rest on.
        alpha: Krippendorff's α: ordinal, of the composite interval; missing ratings are allowed for.
        fleiss: Fleiss' κ of the levels as mere names; `None` for the composite, which has no levels.
        weighted: Mean of Cohen's κ with quadratic weights over pairs of raters, interval by bootstrap over works.
        icc_one, icc_mean: ICC(2,1) of one rater and ICC(2,k) of the mean of all, absolute agreement.
        sufficiency: What follows.
        uncertain: Whether the intervals also admit that it does not suffice.
    """

    dimension: str
    works: int
    complete: int
    raters: int
    alpha: Estimate
    fleiss: Estimate | None
    weighted: Estimate | None
    icc_one: Estimate
    icc_mean: Estimate
    pairs: tuple[Pair, ...]
    sufficiency: Sufficiency
    uncertain: bool

    @property
    def says(self) -> str:
        """The conclusion, for a person."""
        if self.sufficiency == "unknown":
            few = f"{self.works} works that two raters share; {FEWEST} are needed"
            return f"cannot be said: {few if self.works < FEWEST else 'raters used one level throughout'}"
        alone = "" if self.complete >= FEWEST else "; α alone, for hardly a work has a rating of everybody"
        return f"{SAYS[self.sufficiency]}{alone}" + (
            "; the intervals also admit that it does not" if self.uncertain else ""
        )


@dataclass(frozen=True, slots=True)
class Discussed:
    """A work on which raters are far apart: dimension → rater → level, for those dimensions."""

    work: str
    sample: str
    levels: dict[str, dict[str, float]]

    @property
    def widest(self) -> float:
        """Levels between the highest and the lowest rating."""
        return max(max(given.values()) - min(given.values()) for given in self.levels.values())


def agreements(found: Collected, phase: Phase) -> list[Agreement]:
    """Agreement in each dimension of the study, then in the composite."""
    return [agreement(found, phase, name) for name in (*found.study.dimensions, COMPOSITE)]


def agreement(found: Collected, phase: Phase, dimension: str) -> Agreement:
    """Agreement in one dimension, or in `composite`.

    Works that only one rater rated say nothing of agreement and do not count.
    """
    composite = dimension == COMPOSITE
    rows = [
        found.composites(code) if composite else found.ratings(code, dimension) for code in found.study.codes(phase)
    ]
    rows = [row for row in rows if len(row) > 1]
    raters = [rater for rater in found.raters if any(rater in row for row in rows)]
    units = [[row.get(rater) for rater in raters] for row in rows]
    whole = [list(row.values()) for row in rows if len(row) == len(raters)]
    alpha = krippendorff_alpha(units, "interval" if composite else "ordinal", resamples=RESAMPLES)
    one, average = icc(whole, "2,1"), icc(whole, "2,k")
    pairs = () if composite else combinations(range(len(raters)), 2)
    sufficiency = _sufficiency(len(rows), alpha, average)
    return Agreement(
        dimension,
        len(rows),
        len(whole),
        len(raters),
        alpha,
        None if composite else fleiss_kappa(ratings_table(whole, [float(level) for level in _levels(found, whole)])),
        None if composite else _weighted(whole),
        one,
        average,
        tuple(_pair(units, raters, at, other) for at, other in pairs),
        sufficiency,
        sufficiency in ("reliable", "tentative", "consensus-only") and _uncertain(sufficiency, alpha, average),
    )


def discussed(found: Collected, phase: Phase, gap: float) -> list[Discussed]:
    """Works on which two raters are at least so many levels apart; those with most such dimensions first."""
    works: list[Discussed] = []
    for code in found.study.codes(phase):
        given = {dimension: found.ratings(code, dimension) for dimension in found.study.dimensions}
        apart = {
            dimension: levels
            for dimension, levels in given.items()
            if len(levels) > 1 and max(levels.values()) - min(levels.values()) >= gap
        }
        if apart:
            works.append(Discussed(code, found.study.works[code].sample, apart))
    return sorted(works, key=lambda work: (-len(work.levels), -work.widest, work.work))


def quadratic_kappa(*ratings: npt.NDArray[np.float64], axis: int = -1) -> Any:
    """Mean over pairs of raters of Cohen's κ with quadratic weights, along an axis.

    With quadratic weights `κ = 1 − E(a − b)² / (σ_a² + σ_b² + (μ_a − μ_b)²)` (Fleiss and Cohen, 1973); a pair that used
    one level only agrees by chance alone and counts as 0.
    """
    total: Any = 0.0
    pairs = list(combinations(ratings, 2))
    for a, b in pairs:
        apart = ((a - b) ** 2).mean(axis=axis)
        chance = a.var(axis=axis) + b.var(axis=axis) + (a.mean(axis=axis) - b.mean(axis=axis)) ** 2
        total = total + np.where(chance > 0.0, 1.0 - apart / np.where(chance > 0.0, chance, 1.0), 0.0)
    return total / len(pairs)


def _weighted(whole: Sequence[Sequence[float]]) -> Estimate:
    name = "mean of pairwise Cohen's κ, quadratic weights (Cohen, 1968)"
    if len(whole) < 3:
        return Estimate(None, n=len(whole), method=f"not estimable: {len(whole)} works that all rated")
    columns = [list(column) for column in zip(*whole, strict=True)]
    if len({level for row in whole for level in row}) == 1:
        return Estimate(None, n=len(whole), method="not estimable: one level was used throughout")
    made = bootstrap(quadratic_kappa, *columns, resamples=RESAMPLES, paired=True)
    return Estimate(made.value, made.low, made.high, len(whole), made.level, f"{name}; {made.method}")


def _pair(units: Sequence[Sequence[float | None]], raters: Sequence[str], at: int, other: int) -> Pair:
    shared = [(row[at], row[other]) for row in units]
    both = [(a, b) for a, b in shared if a is not None and b is not None]
    first, second = [a for a, _ in both], [b for _, b in both]
    apart = [abs(a - b) for a, b in both]
    return Pair(
        raters[at],
        raters[other],
        len(both),
        cohen_kappa(first, second, "quadratic"),
        sum(gap == 0 for gap in apart) / len(both) if both else None,
        sum(gap <= 1 for gap in apart) / len(both) if both else None,
    )


def _sufficiency(works: int, alpha: Estimate, average: Estimate) -> Sufficiency:
    if works < FEWEST or alpha.value is None:
        return "unknown"
    if average.value is None or average.n < FEWEST:  # hardly a work has a rating of everybody: α alone decides
        return "insufficient" if alpha.value < ALPHA_TENTATIVE else _by_alpha(alpha.value)
    if average.value < ICC_GOOD:
        return "insufficient"
    return _by_alpha(alpha.value)


def _by_alpha(alpha: float) -> Sufficiency:
    if alpha >= ALPHA_RELIABLE:
        return "reliable"
    return "tentative" if alpha >= ALPHA_TENTATIVE else "consensus-only"


def _uncertain(sufficiency: Sufficiency, alpha: Estimate, average: Estimate) -> bool:
    if average.n >= FEWEST and average.low is not None and average.low < ICC_GOOD:
        return True
    return sufficiency != "consensus-only" and alpha.low is not None and alpha.low < ALPHA_TENTATIVE


def _levels(found: Collected, whole: Sequence[Sequence[float]]) -> list[float]:
    """Levels of the scale, and others that were given: half levels in a spreadsheet, say."""
    return sorted({*map(float, found.study.levels), *(level for row in whole for level in row)})

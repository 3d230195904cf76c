"""A system's scores against the consensus of raters: agreement, and what each part of the system adds to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradatim.errors import InputError
from gradatim.evals.protocol.agreement import COMPOSITE, Agreement, agreement
from gradatim.evals.protocol.collecting import Collected
from gradatim.evals.protocol.machine import Machine
from gradatim.evals.protocol.study import Phase
from gradatim.evals.statistics import Estimate, TestResult, cohen_kappa, holm, pearson, spearman, williams

PHASE: Phase = "main"
"""Only works that nobody had talked about."""


@dataclass(frozen=True, slots=True)
class Row:
    """A variant in one dimension.

    Attributes:
        works: With consensus and a score of the variant.
        unmeasured: Works with consensus that the variant did not score.
        r, rho: Pearson's and Spearman's correlation with the consensus.
        kappa: Quadratically weighted κ of the score, put on the raters' scale and rounded, with the rounded consensus.
        test: Williams' test against the baseline, on works that both scored; `None` for the baseline itself.
        p: Of that test, corrected over the variants (Holm).
    """

    variant: str
    dimension: str
    works: int
    unmeasured: int
    r: Estimate
    rho: Estimate
    kappa: Estimate
    test: TestResult | None = None
    p: float | None = None

    @property
    def difference(self) -> Estimate | None:
        """r of this variant less r of the baseline, on the works that both scored."""
        effect = None if self.test is None else self.test.effect
        if effect is None or effect.value is None:
            return None
        low, high = (None, None) if effect.low is None or effect.high is None else (-effect.high, -effect.low)
        return Estimate(-effect.value, low, high, effect.n, effect.level, effect.method)


@dataclass(frozen=True, slots=True)
class Person:
    """A rater against the mean of the others: what agreement among people looks like by the same measure."""

    rater: str
    r: Estimate


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything that comes of a study and an experiment.

    Attributes:
        baseline: The variant that others are compared with.
        consensus: Dimension → works with a consensus.
        too_few: Dimension → works that fewer than the required raters rated.
        unknown: Samples that the experiment scored and the study does not hold.
        rows: Dimension by dimension, the composite first; within one the baseline first.
        people: Raters in the composite.
        reliability: Of the consensus, by dimension.
    """

    baseline: str
    least: int
    consensus: Mapping[str, int]
    too_few: Mapping[str, int]
    unknown: int
    rows: tuple[Row, ...]
    people: tuple[Person, ...]
    reliability: tuple[Agreement, ...]
    excluded: tuple[str, ...]

    def of(self, dimension: str) -> list[Row]:
        """The rows of one dimension."""
        return [row for row in self.rows if row.dimension == dimension]


def consensus(found: Collected, dimension: str, least: int = 2) -> tuple[dict[str, float], int]:
    """Sample → mean level of the raters, of works of the main round.

    A work counts where so many raters rated it as were asked for, or all that it was given to, if those are fewer.
    Missing ratings stay missing.

    Returns:
        The consensus, and how many works too few raters rated.
    """
    given_to: dict[str, int] = {}
    for rater in found.raters:
        for code in found.study.raters[rater]:
            given_to[code] = given_to.get(code, 0) + 1
    means: dict[str, float] = {}
    too_few = 0
    for code in found.study.codes(PHASE):
        given = found.composites(code) if dimension == COMPOSITE else found.ratings(code, dimension)
        if not given or len(given) < min(least, given_to.get(code, 0)):
            too_few += 1
        else:
            means[found.study.works[code].sample] = math.fsum(given.values()) / len(given)
    return means, too_few


def evaluate(found: Collected, machine: Machine, *, baseline: str | None = None, least: int = 2) -> Evaluation:
    """Compare every variant with the consensus, and with the baseline.

    Args:
        found: The ratings.
        machine: What the system scored.
        baseline: Name of a variant; `full`, else the first one, when not given.
        least: Raters that a work needs, where it was given to so many.

    Raises:
        InputError: There is no such variant, or the experiment scored none of the study's works.
    """
    variants = list(machine.scores)
    chosen = baseline or ("full" if "full" in variants else variants[0])
    if chosen not in variants:
        raise InputError(
            f"there is no variant {chosen!r}", place="--baseline", remedy=f"variants: {', '.join(variants)}"
        )
    samples = {work.sample for work in found.study.works.values()}
    scored = {sample for by in machine.scores.values() for scores in by.values() for sample in scores}
    if not samples & scored:
        raise InputError(
            "scored none of the works of the study",
            place="experiment",
            remedy="run it on the data set that the study was drawn from: its samples have to have the same ids",
        )
    dimensions = (COMPOSITE, *found.study.dimensions)
    counts: dict[str, int] = {}
    too_few: dict[str, int] = {}
    rows: list[Row] = []
    for dimension in dimensions:
        means, lacking = consensus(found, dimension, least)
        counts[dimension], too_few[dimension] = len(means), lacking
        by = {name: machine.scores[name].get(dimension, {}) for name in variants}
        if any(by.values()):
            rows += _rows(dimension, means, by, chosen, found)
    return Evaluation(
        chosen,
        least,
        counts,
        too_few,
        len(scored - samples),
        tuple(rows),
        tuple(_people(found)),
        tuple(agreement(found, PHASE, dimension) for dimension in dimensions),
        found.excluded,
    )


def attenuation_free(r: Estimate, reliability: Estimate) -> float | None:
    """What r would be with a consensus without error, `r / √ICC(2,k)` (Spearman, 1904); an estimate, at most 1."""
    if r.value is None or reliability.value is None or reliability.value <= 0.0:
        return None
    return max(-1.0, min(1.0, r.value / math.sqrt(reliability.value)))


def _rows(
    dimension: str, means: Mapping[str, float], by: Mapping[str, Mapping[str, float]], baseline: str, found: Collected
) -> list[Row]:
    order = [baseline, *(name for name in by if name != baseline)]
    tests = {name: _compared(means, by[name], by[baseline]) for name in order[1:]}
    corrected = dict(zip(tests, holm([test.p for test in tests.values()]), strict=True))
    return [_row(name, dimension, means, by[name], found, tests.get(name), corrected.get(name)) for name in order]


def _row(
    name: str,
    dimension: str,
    means: Mapping[str, float],
    scores: Mapping[str, float],
    found: Collected,
    test: TestResult | None,
    p: float | None,
) -> Row:
    shared = [sample for sample in means if sample in scores]
    people, own = [means[sample] for sample in shared], [scores[sample] for sample in shared]
    return Row(
        name,
        dimension,
        len(shared),
        len(means) - len(shared),
        pearson(people, own),
        spearman(people, own),
        _levels_kappa(people, own, list(found.study.levels)),
        test,
        p,
    )


def _levels_kappa(people: Sequence[float], own: Sequence[float], levels: list[int]) -> Estimate:
    """κ of the consensus with scores in [0, 1] put on the raters' scale; half levels go up on both sides."""
    if any(not 0.0 <= value <= 1.0 for value in own):
        return Estimate(None, n=len(own), method="not estimable: scores are not in [0, 1]")
    rounded = [math.floor(value + 0.5) for value in people]
    put = [math.floor(levels[0] + value * (levels[-1] - levels[0]) + 0.5) for value in own]
    return cohen_kappa(rounded, put, "quadratic", categories=levels)


def _compared(means: Mapping[str, float], scores: Mapping[str, float], base: Mapping[str, float]) -> TestResult:
    """Williams' test of the baseline against a variant, on the works that both scored."""
    shared = [sample for sample in means if sample in scores and sample in base]
    people, first, second = ([part[sample] for sample in shared] for part in (means, base, scores))
    return williams(people, first, second)


def _people(found: Collected) -> list[Person]:
    people: list[Person] = []
    works = [found.composites(code) for code in found.study.codes(PHASE)]
    for rater in found.raters:
        shared = [given for given in works if rater in given and len(given) > 1]
        own = [given[rater] for given in shared]
        others = [(math.fsum(given.values()) - given[rater]) / (len(given) - 1) for given in shared]
        people.append(Person(rater, pearson(own, others)))
    return people

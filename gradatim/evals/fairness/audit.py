"""An audit: every measure in every group, every difference with its interval, corrected over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gradatim.errors import InputError
from gradatim.evals.fairness.cases import Cases, Unit
from gradatim.evals.fairness.comparing import Comparison, Figure, against, compare, figure, values_of
from gradatim.evals.fairness.grouping import Division, attributes_of, check_attributes, divisions
from gradatim.evals.fairness.measures import FALSE_POSITIVE, MEASURES, TRUE_POSITIVE, Measure
from gradatim.evals.fairness.within import within_tasks
from gradatim.evals.statistics import Estimate, benjamini_hochberg, calibration_error, difference_of_proportions, holm

LEAST = 10
"""Units that a group needs when nothing else is said."""
FEWEST = 5
"""Below this, a group's figures are those of single people; no audit goes lower."""
ECE = "calibration_error"
Groups = Mapping[str, Sequence[Unit]]
"""Name → units."""
_DECISIONS = {"verdict": (FALSE_POSITIVE[0], TRUE_POSITIVE[0]), "delivery": (FALSE_POSITIVE[1], TRUE_POSITIVE[1])}


@dataclass(frozen=True, slots=True)
class Odds:
    """Equalised odds of a decision (Hardt, Price and Srebro 2016).

    Attributes:
        decision: `verdict` (judged correct; truth: is correct) or `delivery` (delivered; truth: nothing wrong in it).
        false_positive, true_positive: Widest difference of the rate between two groups, with Newcombe's interval where
            units are single submissions.
        between: The groups of the wider of the two.
    """

    decision: str
    false_positive: Estimate
    true_positive: Estimate
    between: tuple[str, str]

    @property
    def difference(self) -> float | None:
        """The wider of the two; 0 is equalised odds. `None` where one of them is not known."""
        if self.false_positive.value is None or self.true_positive.value is None:
            return None
        return max(abs(self.false_positive.value), abs(self.true_positive.value))


@dataclass(frozen=True, slots=True)
class Divided:
    """What was found for one attribute or crossing.

    Attributes:
        sizes: Group → units, of those that may be reported.
        suppressed: Whether there were groups that are too small.
        unknown: Whether there were units of which nothing is known.
        figures: Of each measure in each group; left out where too few units of the group have it.
        calibration: Expected calibration error of each group.
    """

    attribute: str
    sizes: Mapping[str, int]
    suppressed: bool
    unknown: bool
    figures: tuple[Figure, ...]
    comparisons: tuple[Comparison, ...]
    calibration: tuple[Figure, ...]
    odds: tuple[Odds, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """A whole audit.

    Attributes:
        least: Units that a group needed.
        learners: Whether units are learners, not submissions.
        units, runs: In the groups that are reported; the rest would follow from the sum of all.
        tests: Comparisons that p was corrected over.
        measures: What was looked at, by key.
    """

    name: str
    variant: str
    model: str
    least: int
    learners: bool
    units: int
    runs: int
    failed: int
    tests: int
    measures: Mapping[str, Measure]
    divided: tuple[Divided, ...]

    def found(self, alpha: float = 0.05) -> list[Comparison]:
        """Differences that chance does not explain, after Holm's correction; the clearest first."""
        every = [item for part in self.divided for item in part.comparisons]
        return sorted(
            (item for item in every if item.holm is not None and item.holm < alpha), key=lambda x: x.holm or 0
        )


def audit(cases: Cases, by: str | Sequence[str], *, least: int = LEAST, name: str = "") -> Audit:
    """Compare groups.

    Args:
        cases: Of an experiment.
        by: Attributes; of several, each and each pair of them crossed.
        least: Units that a group needs to be reported, at least 5.
        name: Of the experiment.

    Raises:
        InputError: An attribute is not known, or `least` would let single people be seen.
    """
    if least < FEWEST:
        raise InputError(
            f"is {least}", place="--least", remedy=f"take {FEWEST} or more: smaller groups are single people"
        )
    attributes = attributes_of(by)
    check_attributes(cases.units, attributes)
    bases = divisions(cases.units, attributes, least)
    of = {
        key: divisions([unit for unit in cases.units if key in unit.values], attributes, least, among=bases)
        for key in cases.measures
    }
    judged = divisions([unit for unit in cases.units if unit.pairs], attributes, least, among=bases)
    parts = [
        _divided(base, {key: found[at].groups for key, found in of.items()}, judged[at].groups, cases)
        for at, base in enumerate(bases)
    ]
    every = [item.p for part in parts for item in part.comparisons]
    adjusted = iter(zip(holm(every), benjamini_hochberg(every), strict=True))
    told: list[Divided] = []
    for part in parts:
        comparisons: list[Comparison] = []
        for item in part.comparisons:
            family, rate = next(adjusted)
            comparisons.append(replace(item, holm=family, fdr=rate))
        told.append(replace(part, comparisons=tuple(comparisons)))
    told_units = {unit.id: unit for base in bases for members in base.groups.values() for unit in members}
    return Audit(
        name,
        cases.variant,
        cases.model,
        least,
        cases.learners,
        len(told_units),
        sum(unit.runs for unit in told_units.values()),
        cases.failed,
        sum(p is not None for p in every),
        cases.measures,
        tuple(told),
    )


def _divided(base: Division, of: Mapping[str, Groups], judged: Groups, cases: Cases) -> Divided:
    """One attribute or crossing.

    Args:
        base: All its groups.
        of: Measure → the groups in which it may be reported.
        judged: Groups of which the calibration may be.
        cases: Name the measures.
    """
    figures: list[Figure] = []
    comparisons: list[Comparison] = []
    for measure in cases.measures.values():
        groups = of[measure.key]
        figures += [figure(name, measure, values_of(units, measure.key)) for name, units in groups.items()]
        for group, other, units in against(groups):
            first, second = values_of(groups[group], measure.key), values_of(units, measure.key)
            item = compare(base.attribute, measure, (group, first), (other, second))
            comparisons.append(replace(item, within=within_tasks(groups[group], units, measure.key)))
    return Divided(
        base.attribute,
        {name: len(units) for name, units in base.groups.items()},
        base.suppressed,
        base.unknown,
        tuple(figures),
        tuple(comparisons),
        tuple(_calibrations(judged)),
        tuple(_odds(of)),
    )


def _calibrations(groups: Groups) -> list[Figure]:
    found: list[Figure] = []
    for name, units in groups.items():
        pairs = [pair for unit in units for pair in unit.pairs]
        stated, right = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        found.append(Figure(name, ECE, calibration_error(stated, right)))
    return found


def _odds(of: Mapping[str, Groups]) -> list[Odds]:
    found: list[Odds] = []
    for decision, keys in _DECISIONS.items():
        gaps = [_widest(of.get(key, {}), key) for key in keys]
        known = [gap for gap in gaps if gap is not None]
        if known:
            nothing = Estimate(None, method="not estimable: too few units of a group")
            false, true = (nothing if gap is None else gap[0] for gap in gaps)
            widest = max(known, key=lambda gap: abs(gap[0].value or 0.0))
            found.append(Odds(decision, false, true, widest[1]))
    return found


def _widest(groups: Groups, key: str) -> tuple[Estimate, tuple[str, str]] | None:
    """Highest less lowest rate of a measure, with the groups that have them."""
    if len(groups) < 2:
        return None
    rates = {name: values_of(units, key) for name, units in groups.items()}
    means = {name: sum(values) / len(values) for name, values in rates.items()}
    order = sorted(means, key=lambda name: means[name])
    low, high = order[0], order[-1]
    one, other = rates[high], rates[low]
    if all(value in (0.0, 1.0) for value in (*one, *other)):
        gap = difference_of_proportions(int(sum(one)), len(one), int(sum(other)), len(other))
    else:
        gap = compare("", MEASURES[key], (high, one), (low, other)).difference
    return gap, (high, low)

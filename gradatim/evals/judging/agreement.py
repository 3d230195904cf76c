"""Figures of agreement between people's labels and a judge's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradatim.evals.judging.report import Agreement
from gradatim.evals.scorers.tutoring.reading import LABELS, VALUES, Label, lenient
from gradatim.evals.statistics import (
    cohen_kappa,
    krippendorff_alpha,
    mean,
    proportion,
    spearman,
)
from gradatim.evals.statistics.estimate import Estimate

if TYPE_CHECKING:
    from gradatim.evals.judging.validation import Pair

_ORDER = LABELS[::-1]
"""From low to high."""
_RESAMPLES = 500


def agreement_of(pairs: Sequence[Pair], level: float = 0.95) -> Agreement:
    """All figures of agreement over some pairs; pairs without a judge's label count as missing alone."""
    both: list[tuple[Label, Label, Pair]] = [
        (pair.people, label, pair) for pair in pairs if (label := pair.judgement.label) is not None
    ]
    people: list[Label] = [one for one, _, _ in both]
    judge: list[Label] = [other for _, other, _ in both]
    given = [VALUES[label] for label in people]
    differences = [
        (VALUES[other] if (value := pair.judgement.value) is None else value) - VALUES[one] for one, other, pair in both
    ]
    n = len(both)
    return Agreement(
        n=n,
        missing=len(pairs) - n,
        exact=proportion(sum(one == other for one, other, _ in both), n, level),
        lenient=proportion(sum(lenient(one) == lenient(other) for one, other, _ in both), n, level),
        kappa=_kappa(people, judge, level),
        quadratic=_kappa(people, judge, level, weighted=True),
        alpha=krippendorff_alpha(
            [(VALUES[one], VALUES[other]) for one, other, _ in both], "ordinal", level, resamples=_RESAMPLES
        ) if n else _nothing(level),
        spearman=spearman(given, [VALUES[label] for label in judge], level),
        macro_f1=_macro_f1(people, judge),
        confusion=tuple(_row(label, people, judge) for label in LABELS),
        orders=_orders(pairs, level),
        bias=mean(differences, level=level) if n else _nothing(level),
        length=spearman(differences, [float(pair.words) for _, _, pair in both], level),
    )  # fmt: skip


def primacy_of(pairs: Sequence[Pair], level: float = 0.95) -> Estimate | None:
    """How much more often the label shown first was chosen than the one shown last; `None` where it was asked once.

    Each reply is asked about in both orders, so that a judge without bias gives 0 whatever the labels are.
    """
    asked = [pair.judgement.asks for pair in pairs if len(pair.judgement.asks) == 2]
    if not asked:
        return None
    found: list[float] = []
    for forward, backward in asked:
        first = (forward == LABELS[0]) + (backward == LABELS[-1])
        last = (forward == LABELS[-1]) + (backward == LABELS[0])
        found.append((first - last) / 2)
    return mean(found, level=level)


def _kappa(people: Sequence[Label], judge: Sequence[Label], level: float, *, weighted: bool = False) -> Estimate:
    if not people:
        return _nothing(level)
    return cohen_kappa(people, judge, "quadratic" if weighted else None, level, categories=_ORDER)


def _macro_f1(people: Sequence[Label], judge: Sequence[Label]) -> float | None:
    """Mean over the labels that somebody gave of 2·hits / (given by people + given by the judge)."""
    found: list[float] = []
    for label in LABELS:
        given = people.count(label) + judge.count(label)
        if given:
            hits = sum(one == other == label for one, other in zip(people, judge, strict=True))
            found.append(2 * hits / given)
    return sum(found) / len(found) if found else None


def _row(label: Label, people: Sequence[Label], judge: Sequence[Label]) -> tuple[int, int, int]:
    counts = [
        sum(one == label and other == column for one, other in zip(people, judge, strict=True)) for column in LABELS
    ]
    return counts[0], counts[1], counts[2]


def _orders(pairs: Sequence[Pair], level: float) -> Estimate | None:
    known = [agreed for pair in pairs if (agreed := pair.judgement.agreed) is not None]
    return proportion(sum(known), len(known), level) if known else None


def _nothing(level: float) -> Estimate:
    return Estimate(None, n=0, level=level, method="not estimable: there are no pairs")

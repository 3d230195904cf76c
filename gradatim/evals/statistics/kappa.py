"""Agreement on categories beyond chance: Cohen's κ of two raters, Fleiss' κ of many."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any, Literal, cast

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import statsmodels
from gradatim.evals.statistics.samples import (
    Reals,
    Table,
    check_hashable,
    check_level,
    checked_table,
    is_number,
    quantile,
    same_length,
    two_sided,
    unknown,
    untested,
    without_interval,
)

Weights = Literal["linear", "quadratic"]
_CATEGORIES = 2_000
"""Of which a square table is laid out at most."""
_TINY = 1e-12


def cohen_kappa(
    a: Sequence[Hashable],
    b: Sequence[Hashable],
    weights: Weights | None = None,
    level: float = 0.95,
    *,
    categories: Sequence[Hashable] | None = None,
) -> Estimate:
    """Cohen's κ of two raters, in [−1, 1]; 0 is what chance gives, 1 full agreement.

    Without weights every disagreement counts alike (Cohen, 1960); with linear or quadratic weights it counts by its
    distance (Cohen, 1968): of the numbers themselves where all labels are numbers, so that a grade nobody gave still
    takes its place, and of the places in `categories` otherwise. The interval rests on the large-sample standard error
    of Fleiss, Cohen and Everitt (1969). There is no κ where chance alone agrees always: both raters used one category.

    Args:
        a: Label of each case by the first rater.
        b: By the second.
        categories: All labels in their order; needed for weights of labels that are not numbers.

    Raises:
        InputError: The two differ in length, a label is missing or not among the categories, weights lack an order.
    """
    same_length(("a", "b"), len(a), len(b))
    check_level(level)
    if weights not in (None, "linear", "quadratic"):
        raise InputError(f"is {weights!r}", place="weights", remedy="give None, 'linear' or 'quadratic'")
    labels, scale = _categories(a, b, weights, categories)
    n = len(a)
    method = _method(weights)
    if n == 0:
        return unknown("there are no cases", 0, level)
    if len(labels) > _CATEGORIES:
        raise InputError(
            f"there are {len(labels)} different labels", place="a, b", remedy="κ is for categories: take icc or pearson"
        )
    place = {label: at for at, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)))
    np.add.at(counts, ([place[label] for label in a], [place[label] for label in b]), 1.0)
    return _kappa_of(counts, scale, weights, level, method)


def cohen_kappa_of(counts: Table, weights: Weights | None = None, level: float = 0.95) -> Estimate:
    """The same from a square table: rows are categories of the first rater, columns of the second, in one order.

    Raises:
        InputError: The table is not square, or a count is negative.
    """
    found = checked_table(counts, "counts")
    check_level(level)
    if found.size and found.shape[0] != found.shape[1]:
        raise InputError("is not square", place="counts", remedy="give both raters' categories in the same order")
    if (found < 0).any():
        raise InputError("a count is negative", place="counts", remedy="give counts of cases")
    if found.sum() == 0:
        return unknown("there are no cases", 0, level)
    return _kappa_of(found, np.arange(len(found), dtype=float), weights, level, _method(weights))


def fleiss_kappa(table: Table, level: float = 0.95) -> Estimate:
    """Fleiss' κ of many raters (Fleiss, 1971), at most 1.

    `(P̄ − P̄_e)/(1 − P̄_e)`, P̄ being the mean share of pairs of raters that agree, P̄_e what the overall shares of the
    categories give by chance. The interval rests on the standard error of Gwet (2021), which holds whatever κ is;
    the standard error of Fleiss, Nee and Landis (1979) holds for κ = 0 alone and is in `fleiss_kappa_test`.

    Args:
        table: One row a subject: how many raters chose each category. `ratings_table` makes it.

    Raises:
        InputError: A count is no whole number, or subjects have different numbers of raters (`krippendorff_alpha`
            admits that).
    """
    counts = _counts(table)
    check_level(level)
    method = "Fleiss' κ (Fleiss, 1971), interval by Gwet (2021)"
    n = len(counts)
    if n == 0:
        return unknown("there are no subjects", n, level)
    raters = float(counts[0].sum())
    if raters < 2:
        return unknown("there are fewer than 2 raters", n, level)
    share = counts.sum(axis=0) / counts.sum()
    chance = float((share**2).sum())
    if 1.0 - chance <= _TINY:
        return unknown("all raters used one category", n, level)
    value = float(statsmodels("stats.inter_rater").fleiss_kappa(counts, method="fleiss"))
    if n == 1:
        return without_interval(value, n, level, method, "there is one subject only")
    agreed = ((counts**2).sum(axis=1) - raters) / (raters * (raters - 1.0))
    own = (agreed - chance) / (1.0 - chance)
    expected = counts @ share / raters
    own = own - 2.0 * (1.0 - value) * (expected - chance) / (1.0 - chance)
    error = math.sqrt(float(((own - value) ** 2).sum()) / (n * (n - 1.0)))
    if error <= _TINY:
        return without_interval(value, n, level, method, "agreement does not vary over subjects")
    half = quantile(level) * error
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), n, level, method)


def fleiss_kappa_test(table: Table, level: float = 0.95) -> TestResult:
    """Whether raters agree more than by chance: `z = κ / se_0`, se_0 of Fleiss, Nee and Landis (1979).

    Raises:
        InputError: As for `fleiss_kappa`.
    """
    effect = fleiss_kappa(table, level)
    method = "Fleiss' κ against 0 (Fleiss, Nee and Landis, 1979)"
    if effect.value is None:
        return untested(method, effect.method.removeprefix("not estimable: "), effect.n, effect)
    counts = _counts(table)
    raters = float(counts[0].sum())
    share = counts.sum(axis=0) / counts.sum()
    spread = share * (1.0 - share)
    total = float(spread.sum())
    variance = 2.0 * (total**2 - float((spread * (1.0 - 2.0 * share)).sum()))
    error = math.sqrt(variance / (total**2 * effect.n * raters * (raters - 1.0)))
    z = effect.value / error
    return TestResult(z, two_sided(z), None, effect.n, method, effect)


def ratings_table(
    ratings: Sequence[Sequence[Hashable]], categories: Sequence[Hashable] | None = None
) -> list[list[int]]:
    """Counts for `fleiss_kappa`: for each subject, how many of its ratings are in each category.

    Args:
        ratings: One row a subject, one label a rater; which rater gave which does not matter.
        categories: In the order of the columns; when not given, all labels in order of their first appearance.

    Raises:
        InputError: A label is missing or not among the categories.
    """
    known = list(categories) if categories is not None else list(dict.fromkeys(one for row in ratings for one in row))
    place = {label: at for at, label in enumerate(known)}
    found = [[0] * len(known) for _ in ratings]
    for at, row in enumerate(ratings):
        for rater, label in enumerate(row):
            _check_label(label, f"ratings[{at}][{rater}]", place)
            found[at][place[label]] += 1
    return found


def _method(weights: Weights | None) -> str:
    name = "Cohen's κ (Cohen, 1960)" if weights is None else f"Cohen's κ, {weights} weights (Cohen, 1968)"
    return f"{name}, interval by Fleiss, Cohen and Everitt (1969)"


def _kappa_of(counts: Reals, scale: Reals, weights: Weights | None, level: float, method: str) -> Estimate:
    n = int(counts.sum())
    shares_a, shares_b = counts.sum(axis=1) / counts.sum(), counts.sum(axis=0) / counts.sum()
    apart = np.abs(scale[:, None] - scale)
    distance = (apart != 0).astype(float) if weights is None else apart if weights == "linear" else apart**2
    if float((distance * np.outer(shares_a, shares_b)).sum()) <= _TINY * max(1.0, float(distance.max())):
        return unknown("both raters used one category", n, level)
    kappas = statsmodels("stats.inter_rater").cohens_kappa
    with np.errstate(all="ignore"):
        # it divides by standard errors that may be 0
        result = kappas(counts) if weights is None else kappas(counts, weights=scale, wt=weights)
    value, variance = float(result.kappa), float(result.var_kappa)
    if value >= 1.0 - _TINY:
        return without_interval(1.0, n, level, method, "agreement is perfect")
    if not variance > _TINY:
        return without_interval(value, n, level, method, "the estimated variance is 0")
    half = quantile(level) * math.sqrt(variance)
    return Estimate(value, max(-1.0, value - half), min(1.0, value + half), n, level, method)


def _categories(
    a: Sequence[Hashable], b: Sequence[Hashable], weights: Weights | None, categories: Sequence[Hashable] | None
) -> tuple[list[Hashable], Reals]:
    """All labels in order, and where each stands on the scale."""
    given = None if categories is None else {label: at for at, label in enumerate(categories)}
    for name, side in (("a", a), ("b", b)):
        for at, label in enumerate(side):
            _check_label(label, f"{name}[{at}]", given)
    if categories is not None:
        return list(categories), np.arange(len(categories), dtype=float)
    labels = list(dict.fromkeys((*a, *b)))
    if all(is_number(label) for label in labels):
        numbers = sorted(cast("list[Any]", labels))
        scale = np.array(numbers, dtype=float)
        # in units of their spread, so that squared distances neither overflow nor vanish
        halves = scale / 2.0 - scale[0] / 2.0 if numbers else scale
        return numbers, halves / halves[-1] if len(numbers) > 1 else halves
    if weights is not None:
        raise InputError(
            "weights need an order, and labels that are not numbers have none",
            place="categories",
            remedy="give all labels in their order as `categories`",
        )
    return labels, np.arange(len(labels), dtype=float)


def _check_label(label: Hashable, place: str, known: dict[Hashable, int] | None) -> None:
    check_hashable(label, place)
    if label is None or (is_number(label) and not math.isfinite(label)):
        raise InputError(
            f"is {label!r}: a rating is missing", place=place, remedy="leave out cases that a rater has not rated"
        )
    if known is not None and label not in known:
        raise InputError(f"is {str(label)[:40]!r}, not among the categories", place=place, remedy="add it to them")


def _counts(table: Table) -> Reals:
    counts = checked_table(table, "table", across="categories")
    wrong = np.argwhere((counts < 0) | (counts != np.round(counts)))
    if len(wrong):
        row, column = wrong[0].tolist()
        raise InputError(
            f"is {counts[row, column]:g}, no count", place=f"table[{row}][{column}]", remedy="give counts of raters"
        )
    totals = counts.sum(axis=1)
    if len(totals) and (totals != totals[0]).any():
        at = int(np.argmax(totals != totals[0]))
        raise InputError(
            f"has {totals[at]:g} ratings, and the first subject has {totals[0]:g}",
            place=f"table[{at}]",
            remedy="use krippendorff_alpha, which admits subjects with different numbers of raters",
        )
    return counts

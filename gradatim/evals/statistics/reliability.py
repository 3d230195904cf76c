"""Reliability: intraclass correlations, Cronbach's α, test–retest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from gradatim.errors import InputError
from gradatim.evals.statistics.correlation import pearson
from gradatim.evals.statistics.estimate import Estimate
from gradatim.evals.statistics.library import stats
from gradatim.evals.statistics.samples import (
    Reals,
    Table,
    Values,
    check_count,
    check_level,
    checked_table,
    pair,
    unknown,
    without_interval,
)

Form = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
CRONBACH = "Cronbach's α (Cronbach, 1951), interval by Feldt (1965)"
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares of subjects × raters: rows, columns, error (two-way), within (one-way)."""

    n: int
    k: int
    rows: float
    columns: float
    error: float
    within: float


def icc(ratings: Table, form: Form = "2,1", level: float = 0.95) -> Estimate:
    """Intraclass correlation in one of the six forms of Shrout and Fleiss (1979), at most 1.

    First the model: 1 each subject has raters of its own, 2 the raters are a sample of many (absolute agreement), 3
    these raters are all there are (consistency). Then of what: 1 one rater, k the mean of all. Intervals as there, that
    of form 2 by Satterthwaite's approximation (Fleiss and Shrout, 1978; McGraw and Wong, 1996).

    Args:
        ratings: One row a subject, one column a rater, complete.

    Raises:
        InputError: The form is unknown, a rating is missing, or rows differ in length.
    """
    if form not in get_args(Form):
        raise InputError(f"is {form!r}", place="form", remedy=f"give one of {', '.join(get_args(Form))}")
    values = checked_table(ratings, "ratings", across="raters")
    check_level(level)
    n, k = values.shape
    method = f"ICC({form}) (Shrout and Fleiss, 1979)"
    if n < 2 or k < 2:
        return unknown("there are fewer than 2 subjects or raters", n, level)
    found = _squares(values)
    if found is None:
        return unknown("ratings do not vary", n, level)
    if form[0] == "2":
        return _agreement(found, form, level, method)
    noise, df = (found.within, n * (k - 1)) if form[0] == "1" else (found.error, (n - 1) * (k - 1))
    if noise <= _TINY * found.rows:
        return without_interval(1.0, n, level, method, "raters do not differ within subjects")
    ratio = found.rows / noise
    low = ratio / float(stats().f.ppf(0.5 + level / 2.0, n - 1, df))
    high = ratio * float(stats().f.ppf(0.5 + level / 2.0, df, n - 1))
    if form[2] == "1":
        value, low, high = ((each - 1.0) / (each + k - 1.0) for each in (ratio, low, high))
    elif found.rows <= _TINY * noise:
        return unknown("subjects do not differ", n, level)
    else:
        value, low, high = (1.0 - 1.0 / each for each in (ratio, low, high))
    return Estimate(value, low, high, n, level, method)


def cronbach_alpha(items: Table, level: float = 0.95) -> Estimate:
    """Cronbach's α of a test's items, at most 1 (Cronbach, 1951), with Feldt's interval (Feldt, 1965).

    `k/(k − 1)·(1 − Σ s_j²/s²)`: variances of the items over that of the sum. Interval: `1 − (1 − α)·F` with the
    quantiles of F at n − 1 and (n − 1)(k − 1) degrees of freedom.

    Args:
        items: One row a person, one column an item, complete.

    Raises:
        InputError: A value is missing, or rows differ in length.
    """
    values = checked_table(items, "items", across="items")
    check_level(level)
    n, k = values.shape
    if n < 2 or k < 2:
        return unknown("there are fewer than 2 persons or items", n, level)
    values = values - values.mean(axis=0)
    whole = float(values.sum(axis=1).var(ddof=1))
    parts = float(values.var(axis=0, ddof=1).sum())
    if whole <= _TINY * parts or parts == 0.0:
        return unknown("sums do not vary", n, level)
    return feldt_interval(k / (k - 1.0) * (1.0 - parts / whole), n, k, level)


def feldt_interval(alpha: float, n: int, items: int, level: float = 0.95) -> Estimate:
    """A known Cronbach's α of n persons and so many items with Feldt's interval (Feldt, 1965).

    Raises:
        InputError: α is above 1, or a count too small.
    """
    check_count(n, "n", 2)
    check_count(items, "items", 2)
    check_level(level)
    if not alpha <= 1.0 + _TINY:
        raise InputError(f"is {alpha!r}, above 1", place="alpha", remedy="give a coefficient α")
    left = 1.0 - alpha
    if left <= _TINY:
        return without_interval(1.0, n, level, CRONBACH, "items agree perfectly")
    df = (n - 1, (n - 1) * (items - 1))
    low = 1.0 - left * float(stats().f.ppf(0.5 + level / 2.0, *df))
    high = 1.0 - left * float(stats().f.ppf(0.5 - level / 2.0, *df))
    return Estimate(alpha, low, high, n, level, CRONBACH)


def retest(
    first: Values, second: Values, level: float = 0.95, *, coefficient: Literal["pearson", "icc"] = "pearson"
) -> Estimate:
    """Test–retest reliability: how far a second measurement of the same persons repeats the first.

    `pearson` keeps the order and ignores that all may have gained; `icc`, form 2,1, counts such a shift as error
    (Weir, 2005).

    Raises:
        InputError: A value is missing, the two differ in length, or the coefficient is unknown.
    """
    one, two = pair(first, second, ("first", "second"))
    if coefficient not in ("pearson", "icc"):
        raise InputError(f"is {coefficient!r}", place="coefficient", remedy="give 'pearson' or 'icc'")
    found = pearson(one, two, level) if coefficient == "pearson" else icc(np.column_stack([one, two]), "2,1", level)
    return Estimate(found.value, found.low, found.high, len(one), level, f"test–retest, {found.method}")


def _squares(values: Reals) -> _Squares | None:
    n, k = values.shape
    centred = values - values.mean()
    if not float(np.abs(centred).max()) > 1e-14 * float(np.abs(values).max()):
        return None
    row, column = centred.mean(axis=1), centred.mean(axis=0)
    rows = k * float((row**2).sum()) / (n - 1)
    columns = n * float((column**2).sum()) / (k - 1)
    within = float(((centred - row[:, None]) ** 2).sum()) / (n * (k - 1))
    error = float(((centred - row[:, None] - column) ** 2).sum()) / ((n - 1) * (k - 1))
    if max(rows, columns, within) == 0.0:
        return None
    return _Squares(n, k, rows, columns, error, within)


def _agreement(found: _Squares, form: Form, level: float, method: str) -> Estimate:
    n, k = found.n, found.k
    shift = (found.columns - found.error) / n
    one_of, mean_of = found.rows + (k - 1) * found.error + k * shift, found.rows + shift
    if (one_of if form == "2,1" else mean_of) <= _TINY * max(found.rows, found.columns, found.error):
        return unknown("subjects do not differ", n, level)
    one = (found.rows - found.error) / one_of if one_of > 0.0 else 0.0
    value = one if form == "2,1" else (found.rows - found.error) / mean_of
    if found.error <= _TINY * max(found.rows, found.columns):
        return without_interval(value, n, level, method, "nothing is left over beside subjects and raters")
    f = found.columns / found.error
    a = n * (1.0 + (k - 1) * one) - k * one
    df = (k - 1) * (n - 1) * (k * one * f + a) ** 2 / ((n - 1) * (k * one * f) ** 2 + a**2)
    lower, upper = (float(stats().f.ppf(0.5 + level / 2.0, *dfs)) for dfs in ((n - 1, df), (df, n - 1)))
    rest = k * found.columns + (k * n - k - n) * found.error
    low = n * (found.rows - lower * found.error) / (lower * rest + n * found.rows)
    high = n * (upper * found.rows - found.error) / (rest + n * upper * found.rows)
    if form == "2,k":
        if 1.0 + (k - 1) * low <= 0.0:
            return without_interval(value, n, level, method, "the lower end for one rater is out of reach for the mean")
        low, high = (k * end / (1.0 + (k - 1) * end) for end in (low, high))
    return Estimate(value, min(low, value), max(high, value), n, level, method)

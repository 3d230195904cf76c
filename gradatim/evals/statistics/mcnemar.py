"""McNemar's test: do two judgements of the same cases differ in how often they say yes?"""

from __future__ import annotations

from typing import Literal

from gradatim.errors import InputError
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats, statsmodels
from gradatim.evals.statistics.proportions import paired_difference
from gradatim.evals.statistics.samples import Values, check_count, same_length, truth_values

Variant = Literal["exact", "mid-p", "chi2", "chi2-corrected"]
_NAMES = {
    "exact": "McNemar, exact binomial (McNemar, 1947)",
    "mid-p": "McNemar, mid-p (Fagerland, Lydersen and Laake, 2013)",
    "chi2": "McNemar, χ² (McNemar, 1947)",
    "chi2-corrected": "McNemar, χ² corrected for continuity (Edwards, 1948)",
}


def mcnemar(a: Values, b: Values, level: float = 0.95, *, method: Variant = "exact") -> TestResult:
    """Whether the shares of two paired yes/no judgements differ; the effect is a − b with Newcombe's interval (1998).

    `exact` never rejects too often and is somewhat timid; `mid-p` comes closer to its level; `chi2` is for many
    discordant pairs. Where the two never disagree p is 1.

    Raises:
        InputError: A value is neither true nor false, the two differ in length, or the method is unknown.
    """
    first, second = truth_values(a, "a"), truth_values(b, "b")
    same_length(("a", "b"), len(first), len(second))
    effect = paired_difference(first, second, level)
    only_a, only_b = int((first & ~second).sum()), int((~first & second).sum())
    return _test(only_a, only_b, len(first), method, effect)


def mcnemar_of(only_a: int, only_b: int, *, method: Variant = "exact") -> TestResult:
    """The test from the numbers of cases in which only a, or only b, said yes; `n` is their sum.

    Raises:
        InputError: A count is no whole number, or the method is unknown.
    """
    check_count(only_a, "only_a", 0)
    check_count(only_b, "only_b", 0)
    return _test(only_a, only_b, only_a + only_b, method, None)


def _test(only_a: int, only_b: int, n: int, method: Variant, effect: Estimate | None) -> TestResult:
    if method not in _NAMES:
        raise InputError(f"is {method!r}", place="method", remedy=f"give one of {', '.join(_NAMES)}")
    if n == 0 and effect is not None:
        return TestResult(None, None, None, 0, f"{_NAMES[method]}; no test: there are no cases", effect)
    least, discordant = min(only_a, only_b), only_a + only_b
    if discordant == 0:
        return TestResult(0.0, 1.0, None, n, f"{_NAMES[method]}, no case is judged differently", effect)
    if method == "mid-p":
        binomial = stats().binom
        point = float(binomial.pmf(least, discordant, 0.5))
        even = 2 * least == discordant
        p = 1.0 - point / 2.0 if even else 2.0 * float(binomial.cdf(least, discordant, 0.5)) - point
        return TestResult(float(least), min(1.0, p), None, n, _NAMES[method], effect)
    table = [[0, only_a], [only_b, 0]]
    corrected = method == "chi2-corrected"
    run = statsmodels("stats.contingency_tables").mcnemar
    result = run(table, exact=method == "exact", correction=corrected)
    df = None if method == "exact" else 1.0
    return TestResult(float(result.statistic), min(1.0, float(result.pvalue)), df, n, _NAMES[method], effect)

"""One figure of an old and a new version, their difference, and what became of the test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gradatim.evals.statistics import holm
from gradatim.evals.statistics.estimate import Estimate, TestResult
from gradatim.evals.statistics.library import stats

Verdict = Literal["worse", "better", "different", "no difference shown", "too few pairs", "not judged"]
"""“No difference shown” is not “no difference”: what is smaller than `detectable` may be there all the same."""
POWER = 0.8
SAME = "no pair differs"
"""Method of a test that had nothing to test."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How one figure differs between an old and a new version.

    Attributes:
        key: Of the scorer.
        variant: Which variant it is about.
        measure: What is compared: `mean`, `share`, `Pearson's r`, `ECE`, …
        old, new: The figure on either side, of the runs that are pairs.
        difference: New minus old, with its interval.
        test: Of no difference.
        effect: Standardised size, where there is one (Cohen's d of paired differences).
        error: Standard error of the difference; `None` where it cannot be known.
        pairs: Examples.
        runs: Runs of each side.
        level: What pairs agree in.
        alone: Runs of the old and of the new version that have no partner.
        unjudged: Scores of the old and of the new version that are `None`.
        judged: Whether it takes part in the verdict.
        why: Why it does not, or what else has to be known.
        adjusted: p after Holm's correction over all that are judged.
        detectable: The smallest difference that would have been found with a probability of 80 %.
    """

    key: str
    variant: str
    measure: str
    higher_is_better: bool | None
    unit: str | None
    old: float | None
    new: float | None
    difference: Estimate
    test: TestResult
    effect: Estimate | None = None
    error: float | None = None
    binary: bool = False
    pairs: int = 0
    runs: int = 0
    level: str = ""
    alone: tuple[int, int] = (0, 0)
    unjudged: tuple[int, int] = (0, 0)
    judged: bool = True
    why: str = ""
    adjusted: float | None = None
    detectable: float | None = None
    verdict: Verdict = "not judged"

    @property
    def same(self) -> bool:
        """Whether no pair differs."""
        return self.test.method == SAME

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "key": self.key,
            "variant": self.variant,
            "measure": self.measure,
            "unit": self.unit,
            "higher_is_better": self.higher_is_better,
            "old": self.old,
            "new": self.new,
            "difference": self.difference.value,
            "low": self.difference.low,
            "high": self.difference.high,
            "level": self.difference.level,
            "p": self.test.p,
            "p_holm": self.adjusted,
            "test": self.test.method,
            "effect": None if self.effect is None else self.effect.value,
            "effect_measure": None if self.effect is None else self.effect.method,
            "detectable": self.detectable,
            "pairs": self.pairs,
            "runs": self.runs,
            "paired_by": self.level,
            "alone": list(self.alone),
            "unjudged": list(self.unjudged),
            "verdict": self.verdict,
            "why": self.why,
        }


def settled(differences: Sequence[Difference], alpha: float) -> list[Difference]:
    """Correct for how many are judged (Holm, 1979), and say what came out.

    Figures of which no pair differs could not have come out significant, whatever the signs of their differences: they
    do not count among the hypotheses (Tarone, 1990).

    Args:
        differences: One family of hypotheses.
        alpha: Probability of calling anything different if nothing is.
    """
    p_values = [item.test.p if item.judged and not item.same else None for item in differences]
    level = alpha / max(1, sum(p is not None for p in p_values))
    found: list[Difference] = []
    for item, adjusted in zip(differences, holm(p_values), strict=True):
        if item.judged and item.same:
            adjusted = 1.0
        known = replace(item, adjusted=adjusted, detectable=_detectable(item, level))
        found.append(replace(known, verdict=_verdict(known, alpha)))
    return found


def least_pairs(alpha: float) -> int:
    """Pairs from which a difference can be significant at all: with n pairs that all point one way, a sign test gives
    `p = 2 / 2ⁿ`."""
    return math.ceil(1 - math.log2(alpha)) if alpha < 1 else 1


def _verdict(item: Difference, alpha: float) -> Verdict:
    if not item.judged:
        return "not judged"
    if item.pairs < least_pairs(alpha) or item.test.p is None or item.difference.value is None:
        return "too few pairs"
    if item.adjusted is None or item.adjusted >= alpha or item.difference.value == 0.0:
        return "no difference shown"
    if item.higher_is_better is None:
        return "different"
    return "better" if (item.difference.value > 0) == item.higher_is_better else "worse"


def _detectable(item: Difference, alpha: float) -> float | None:
    """Smallest difference that is found with a power of 80 % at this level: `(t₁₋α/₂ + t₀.₈)·standard error` (Bloom,
    1995), and where the scores are yes or no at least so many examples as a sign test needs."""
    if item.pairs < 2:
        return None
    least = least_pairs(alpha) / item.pairs if item.binary else None
    if least is not None and least > 1:
        return None
    if not item.error:
        return least
    t = stats().t
    found = float(t.ppf(1 - alpha / 2, item.pairs - 1) + t.ppf(POWER, item.pairs - 1)) * item.error
    return found if least is None else max(found, least)

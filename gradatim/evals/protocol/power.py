"""What a number of works and raters can show, told before anybody rates."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from gradatim.evals.protocol.texts import Language, filled, power_texts

_LEVEL, _POWER = 0.05, 0.8
_R = 0.85
"""Agreement that is expected: about what the field reports for automatic scores against a consensus of experts."""
_BETWEEN = 0.9
"""Correlation of two variants' scores that is supposed: variants of one system resemble each other."""
_RATER = 0.6
"""Reliability of one rater, ICC(2,1), that is supposed: moderate (Koo and Li, 2016)."""


@lru_cache(maxsize=64)
def smallest_difference(works: int, r: float = _R, between: float = _BETWEEN) -> float | None:
    """Smallest fall of r that Williams' test finds with a power of .80 at .05, two-sided; approximate.

    The fall at which Williams' t (1959) equals the sum of the two normal quantiles.

    Args:
        works: With consensus and both scores.
        r: Correlation of the better variant with the consensus.
        between: Correlation of the variants with each other.

    Returns:
        `None` where even a fall to what the three correlations permit is not found.
    """
    normal = NormalDist()
    wanted = normal.inv_cdf(1.0 - _LEVEL / 2.0) + normal.inv_cdf(_POWER)
    if works < 5:
        return None
    step = 0.001
    for at in range(1, 1000):
        t = _williams(r, r - at * step, between, works)
        if t is None:
            return None
        if t >= wanted:
            return at * step
    return None


def reliability_of_mean(raters: int, one: float = _RATER) -> float:
    """Reliability of the mean of several raters from that of one (Spearman, 1910; Brown, 1910)."""
    return raters * one / (1.0 + (raters - 1) * one)


def power_note(works: int, shared: int, raters: int, language: Language = "en") -> str:
    """The note for the coordinator's plan, as Markdown.

    Args:
        works: Of the main round.
        shared: Of these, how many several raters get.
        raters: How many there are.
    """
    low, high = _fisher(_R, works)
    fall, several = smallest_difference(works), reliability_of_mean(raters)
    fields = {
        "works": f"{works:,}",
        "shared": f"{shared:,}",
        "raters": str(raters),
        "r": f"{_R:.2f}",
        "low": f"{low:.3f}",
        "high": f"{high:.3f}",
        "between": f"{_BETWEEN:.2f}",
        "fall": "–" if fall is None else f"{fall:.3f}",
        "one": f"{_RATER:.2f}",
        "several": f"{several:.2f}",
        "ceiling": f"{math.sqrt(several):.2f}",
    }
    return filled(power_texts()[language], fields).rstrip()


def _williams(r_xy: float, r_xz: float, r_yz: float, n: int) -> float | None:
    """Williams' t (1959) of three correlations; `None` where no data can have them."""
    determinant = 1.0 - r_xy**2 - r_xz**2 - r_yz**2 + 2.0 * r_xy * r_xz * r_yz
    if determinant <= 0.0:
        return None
    mean = (r_xy + r_xz) / 2.0
    below = 2.0 * (n - 1) / (n - 3) * determinant + mean**2 * (1.0 - r_yz) ** 3
    return (r_xy - r_xz) * math.sqrt((n - 1) * (1.0 + r_yz) / below)


def _fisher(r: float, n: int) -> tuple[float, float]:
    half = NormalDist().inv_cdf(1.0 - _LEVEL / 2.0) / math.sqrt(max(1, n - 3))
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)

"""How well stated probabilities fit what happened: calibration error, Brier score, reliability table.

Plain Python: the sizes are those of reviewers' decisions and benchmarks, thousands at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

Binning = Literal["width", "mass"]
BINS = 10
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Bin:
    """Cases with similar stated probabilities.

    Attributes:
        low, high: Range of the probabilities.
        stated: Their mean.
        right: Share of the cases that were right.
    """

    low: float
    high: float
    count: int
    stated: float
    right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """Figures of one set of probabilities against outcomes.

    Attributes:
        ece_width: Expected calibration error over bins of equal width, in [0, 1].
        ece_mass: The same over bins of equal numbers of cases, which a cluster of similar probabilities cannot hide in.
        brier: Mean squared error, in [0, 1].
        log_loss: Mean negative log-likelihood (natural logarithm).
    """

    count: int
    ece_width: float
    ece_mass: float
    brier: float
    log_loss: float


def reliability(stated: Sequence[float], right: Sequence[bool], bins: int = BINS) -> Reliability:
    """All figures of probabilities against outcomes.

    Raises:
        ValueError: There are no cases, or the two differ in length.
    """
    pairs = _pairs(stated, right)
    clipped = [(min(1 - _TINY, max(_TINY, value)), good) for value, good in pairs]
    return Reliability(
        count=len(pairs),
        ece_width=expected_calibration_error(stated, right, bins, "width"),
        ece_mass=expected_calibration_error(stated, right, bins, "mass"),
        brier=sum((value - good) ** 2 for value, good in pairs) / len(pairs),
        log_loss=-sum(log(value if good else 1 - value) for value, good in clipped) / len(pairs),
    )


def expected_calibration_error(
    stated: Sequence[float], right: Sequence[bool], bins: int = BINS, binning: Binning = "width"
) -> float:
    """Mean difference between stated probability and share that was right, weighted by bin size, in [0, 1].

    Source: Naeini, Cooper and Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning" (2015), for
    equal widths; Nguyen and O'Connor, "Posterior calibration and exploratory analysis for NLP models" (2015), for equal
    mass.

    Raises:
        ValueError: There are no cases, or the two differ in length.
    """
    table = reliability_table(stated, right, bins, binning)
    total = sum(item.count for item in table)
    return sum(item.count * abs(item.stated - item.right) for item in table) / total


def reliability_table(
    stated: Sequence[float], right: Sequence[bool], bins: int = BINS, binning: Binning = "width"
) -> tuple[Bin, ...]:
    """The bins that hold cases, from low to high.

    With bins of equal mass, cases of the same probability always share a bin.

    Raises:
        ValueError: There are no cases, or the two differ in length.
    """
    pairs = sorted(_pairs(stated, right))
    groups: dict[int, list[tuple[float, bool]]] = {}
    for place, (value, good) in enumerate(pairs):
        if binning == "width":
            number = min(bins - 1, int(value * bins))
        elif place and pairs[place - 1][0] == value:
            number = max(groups)
        else:
            number = place * bins // len(pairs)
        groups.setdefault(number, []).append((value, good))
    return tuple(
        Bin(
            low=number / bins if binning == "width" else members[0][0],
            high=(number + 1) / bins if binning == "width" else members[-1][0],
            count=len(members),
            stated=sum(value for value, _ in members) / len(members),
            right=sum(good for _, good in members) / len(members),
        )
        for number, members in sorted(groups.items())
    )


def _pairs(stated: Sequence[float], right: Sequence[bool]) -> list[tuple[float, bool]]:
    if not stated:
        raise ValueError("there are no cases")
    return list(zip(stated, right, strict=True))

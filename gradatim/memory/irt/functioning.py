"""Differential item functioning: items that are harder for one group than for another of the same ability.

A group may be less able; that is no fault of an item. An item is suspect where learners of equal ability have unequal
chances: the Mantel–Haenszel procedure (Holland and Thayer, 1988) compares them within strata of ability.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.irt.arrays import BoolArray, IntArray, ResponseArray
from gradatim.memory.irt.bank import ItemBank
from gradatim.memory.irt.chisquare import chi_square_tail
from gradatim.memory.irt.responses import Responses
from gradatim.memory.irt.scoring import abilities

_DELTA = -2.35
"""From a logarithm of odds to the delta scale of the Educational Testing Service."""
_SLIGHT, _LARGE = 1.0, 1.5
_CRITICAL = 1.645
"""One-sided 5 % of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Functioning:
    """How one item treats the two groups."""

    log_odds: float
    """Logarithm of the odds of the reference group over those of the focal group at equal ability; positive where the
    item is harder for the focal group."""
    se: float
    """Its standard error (Robins, Breslow and Greenland, 1986)."""
    statistic: float
    """Mantel–Haenszel chi-square with one degree of freedom, with continuity correction."""
    p: float
    """Probability of so large a statistic where the item treats both alike."""
    delta: float
    """On the scale of the Educational Testing Service; negative where the item is harder for the focal group."""
    category: Literal["A", "B", "C"]
    """A negligible; B moderate; C large: |delta| at least 1.5 and significantly above 1."""


def differential_functioning(
    responses: Responses, bank: ItemBank, focal: Sequence[bool], *, strata: int = 20
) -> tuple[Functioning | None, ...]:
    """Compare two groups on each item, among learners of equal ability.

    Args:
        responses: Learners × items, the items of the bank in its order.
        bank: The items.
        focal: Whether each learner belongs to the focal group, about which one asks; the others are the reference.
        strata: Groups of equal size that learners are sorted into by their ability.

    Returns:
        One an item; `None` where the groups cannot be compared: too few answered it, or all alike.

    Raises:
        InputError: Responses and bank, or responses and groups, do not fit, or a group is empty.
    """
    group = np.asarray(focal, dtype=np.bool_)
    if responses.items != bank.ids:
        raise InputError("the responses are not to the items of the bank in its order", place="responses")
    if group.shape != (len(responses.learners),):
        raise InputError(f"{len(responses.learners)} learners, {group.size} group names", place="focal")
    if group.all() or not group.any():
        raise InputError("one of the two groups is empty", place="focal", remedy="compare two groups of learners")
    if strata < 2:
        raise InputError(f"{strata} strata", place="strata", remedy="give at least 2")
    theta = abilities(responses.values, bank).theta
    rank = np.argsort(np.argsort(theta, kind="stable"), kind="stable")
    stratum: IntArray = rank * strata // len(rank)
    return tuple(_compared(responses.values[:, item], stratum, group, strata) for item in range(len(bank)))


def _compared(answers: ResponseArray, stratum: IntArray, focal: BoolArray, strata: int) -> Functioning | None:
    right, wrong = answers == 1, answers == 0
    counts = [
        np.bincount(stratum[chosen], minlength=strata).astype(np.float64)
        for chosen in (right & ~focal, wrong & ~focal, right & focal, wrong & focal)
    ]
    reference = counts[0] + counts[1]
    others = counts[2] + counts[3]
    # A stratum of one group, or of one outcome, compares nothing.
    usable = (reference > 0) & (others > 0) & (counts[0] + counts[2] > 0) & (counts[1] + counts[3] > 0)
    a, b, c, d = (each[usable] for each in counts)
    total = a + b + c + d
    agree, against = a * d / total, b * c / total
    if agree.sum() <= 0.0 or against.sum() <= 0.0 or total.sum() < 2:
        return None
    log_odds = math.log(float(agree.sum() / against.sum()))
    p, q = (a + d) / total, (b + c) / total
    variance = (
        float((p * agree).sum() / (2.0 * agree.sum() ** 2))
        + float((p * against + q * agree).sum() / (2.0 * agree.sum() * against.sum()))
        + float((q * against).sum() / (2.0 * against.sum() ** 2))
    )
    se = math.sqrt(variance)
    expected = (a + b) * (a + c) / total
    spread = float(((a + b) * (c + d) * (a + c) * (b + d) / (total**2 * np.maximum(total - 1.0, 1.0))).sum())
    gap = max(abs(float((a - expected).sum())) - 0.5, 0.0)
    statistic = gap * gap / spread if spread > 0.0 else 0.0
    chance = chi_square_tail(statistic, 1.0)
    delta = _DELTA * log_odds
    return Functioning(log_odds, se, statistic, chance, delta, _category(delta, abs(_DELTA) * se, chance))


def _category(delta: float, se: float, p: float) -> Literal["A", "B", "C"]:
    """Of the Educational Testing Service (Zieky, 1993)."""
    size = abs(delta)
    if size < _SLIGHT or p > 0.05:
        return "A"
    return "C" if size >= _LARGE and size - _CRITICAL * se > _SLIGHT else "B"

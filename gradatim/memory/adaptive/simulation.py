"""Adaptive tests of many simulated examinees at once: what a design of a test would do."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gradatim.errors import InputError
from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.adaptive.strategies import Strategies
from gradatim.memory.irt.arrays import FloatArray, IntArray
from gradatim.memory.irt.bank import ItemBank
from gradatim.memory.irt.logistic import probability
from gradatim.memory.irt.threads import single_threaded

_ROWS = 128
"""Examinees for whom items are chosen at a time: their scores of all items stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came out of simulated tests of N examinees."""

    true_theta: FloatArray
    """(N,)"""
    theta: FloatArray
    """(N,) as estimated at the end."""
    se: FloatArray
    """(N,)"""
    length: IntArray
    """(N,) items answered."""
    exposure: FloatArray
    """(J,) share of examinees who met each item."""
    content_shares: Mapping[str, float]
    """Share of each area among all items that were shown."""

    @property
    def rmse(self) -> float:
        """Root mean squared error of ability."""
        error = self.theta - self.true_theta
        return math.sqrt(float(error @ error) / len(error))

    @property
    def bias(self) -> float:
        """Mean error of ability; positive when abilities are overestimated."""
        return float(np.mean(self.theta - self.true_theta))

    @property
    def mean_length(self) -> float:
        """Items a test, on average."""
        return float(np.mean(self.length))

    @property
    def overlap(self) -> float:
        """Share of a test that two examinees have in common, on average over all pairs (Chen, Ankenmann and Spray,
        2003); NaN for a single examinee."""
        examinees = len(self.theta)
        if examinees < 2:
            return float("nan")
        met: FloatArray = np.rint(self.exposure * float(examinees))
        common: FloatArray = met * (met - 1.0)
        return float(common.sum()) / (examinees * (examinees - 1) * self.mean_length)

    @property
    def unused(self) -> float:
        """Share of the bank that nobody met."""
        return 1.0 - np.count_nonzero(self.exposure) / len(self.exposure)


@single_threaded()
def simulate(
    bank: ItemBank,
    true_theta: ArrayLike,
    strategies: Strategies | None = None,
    *,
    seed: int = 0,
    truth: ItemBank | None = None,
) -> Simulation:
    """Let examinees of known abilities take adaptive tests.

    Args:
        bank: The items as the test knows them.
        true_theta: (N,) abilities.
        strategies: How a test begins, estimates, goes on and ends.
        seed: Of answers and of everything random in the strategies.
        truth: The items as examinees answer them, where it differs from what the test knows: errors of calibration.

    Raises:
        InputError: An empty bank, abilities that are no numbers, or another number of true items.
    """
    strategies = strategies or Strategies()
    truth = truth or bank
    abilities = np.asarray(true_theta, dtype=np.float64)
    if abilities.ndim != 1 or not len(abilities) or not np.isfinite(abilities).all():
        raise InputError("the abilities are no list of numbers", place="abilities", remedy="give at least one")
    if not len(bank) or len(truth) != len(bank):
        raise InputError(f"{len(bank)} items, of which {len(truth)} are true", place="item bank")
    rng = np.random.default_rng(seed)
    sittings = Sittings(bank, strategies.initialisation.start(len(abilities), rng), rng)
    active = np.arange(len(abilities))
    active = active[~strategies.stopping.stopped(sittings, active)]
    while active.size:
        items = np.concatenate(
            [
                strategies.selection.choose(sittings, rows, sittings.available[rows])
                for rows in np.array_split(active, math.ceil(len(active) / _ROWS))
            ]
        )
        chance = probability(abilities[active], truth.a[items], truth.b[items], truth.c[items])
        sittings.record(active, items, rng.random(len(active)) < chance)
        sittings.theta[active], sittings.se[active] = strategies.estimation.estimate(sittings, active)
        left = ~strategies.stopping.stopped(sittings, active)
        left &= sittings.length[active] < len(bank)
        active = active[left]
    shown = sittings.counts.sum(axis=0)
    return Simulation(
        true_theta=abilities,
        theta=sittings.theta,
        se=sittings.se,
        length=sittings.length,
        exposure=1.0 - sittings.available.mean(axis=0),
        content_shares=dict(zip(sittings.areas, (shown / max(int(shown.sum()), 1)).tolist(), strict=True)),
    )

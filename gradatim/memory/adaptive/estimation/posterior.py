"""Estimates that use what was held before the first answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.memory.adaptive.sittings import POINTS, Sittings
from gradatim.memory.irt.arrays import FloatArray, IntArray
from gradatim.memory.irt.climbing import climb


@dataclass(frozen=True, slots=True)
class EAP:
    """Mean and standard deviation of the posterior (Bock and Mislevy, 1982): least squared error on average."""

    def estimate(self, sittings: Sittings, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        weights = sittings.posterior(rows)
        theta = weights @ POINTS
        return theta, np.sqrt(np.maximum(weights @ POINTS**2 - theta**2, 0.0))


@dataclass(frozen=True, slots=True)
class MAP:
    """Mode of the posterior (Samejima, 1969)."""

    def estimate(self, sittings: Sittings, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        start = POINTS[np.argmax(sittings.log_posterior(rows), axis=1)]
        items, bank = sittings.items[rows], sittings.bank
        prior = (sittings.prior_mean[rows], sittings.prior_sd[rows])
        return climb(start, sittings.answers[rows], bank.a[items], bank.b[items], bank.c[items], prior=prior)

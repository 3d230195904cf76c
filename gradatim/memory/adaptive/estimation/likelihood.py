"""Estimates from the answers alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradatim.memory.adaptive.sittings import POINTS, Sittings
from gradatim.memory.irt.arrays import FloatArray, IntArray
from gradatim.memory.irt.climbing import climb
from gradatim.memory.irt.logistic import item_information


@dataclass(frozen=True, slots=True)
class ML:
    """Maximum of the likelihood.

    While an examinee has answered everything correctly, or everything wrongly, there is none; the estimate then
    goes half the way to the hardest, or the easiest, item of the bank (Dodd, Koch and De Ayala, 1989).
    """

    def estimate(self, sittings: Sittings, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        items, bank = sittings.items[rows], sittings.bank
        answers = sittings.answers[rows]
        a, b, c = bank.a[items], bank.b[items], bank.c[items]
        start = POINTS[np.argmax(sittings.log_likelihood[rows], axis=1)]
        theta, se = climb(start, answers, a, b, c)
        correct = (answers == 1).any(axis=1)
        alike = correct != (answers == 0).any(axis=1)
        if alike.any():
            before = sittings.theta[rows][alike]
            extreme = np.where(correct[alike], float(bank.b.max()), float(bank.b.min()))
            # An estimate already beyond the bank's range stays where it is.
            outward = np.where(correct[alike], np.maximum(extreme, before), np.minimum(extreme, before))
            theta[alike] = before + 0.5 * (outward - before)
            given = item_information(theta[alike, None], a[alike], b[alike], c[alike]) * (answers[alike] >= 0)
            se[alike] = 1.0 / np.sqrt(np.maximum(given.sum(axis=1), 1e-6))
        return theta, np.minimum(se, 1e3)


@dataclass(frozen=True, slots=True)
class WLE:
    """Maximum of the weighted likelihood: finite for any answers, with hardly any bias (Warm, 1989)."""

    def estimate(self, sittings: Sittings, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        items, bank = sittings.items[rows], sittings.bank
        start = POINTS[np.argmax(sittings.log_likelihood[rows], axis=1)]
        theta, se = climb(
            np.clip(start, -4.0, 4.0),
            sittings.answers[rows],
            bank.a[items],
            bank.b[items],
            bank.c[items],
            weighted=True,
        )
        return theta, np.minimum(se, 1e3)

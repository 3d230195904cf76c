"""Adaptive tests under way: one examinee or a thousand, side by side.

All strategies work on this state, and always for many examinees at once; a single session is a state of one.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.adaptive.initialisation.base import Start
from gradatim.memory.irt.arrays import BoolArray, FloatArray, IntArray, ResponseArray
from gradatim.memory.irt.bank import ItemBank
from gradatim.memory.irt.logistic import log_probabilities

POINTS = np.linspace(-6.0, 6.0, 81)
"""Abilities at which likelihoods are kept."""
_NARROWEST = 0.1
"""Standard deviation below which no ability is taken as known: the points would not tell it from certainty."""
_ROOM = 32
"""Answers for which room is made at first."""


class Sittings:
    """The state of some examinees' tests.

    Args:
        bank: J items.
        start: What is held of the N examinees before the first answer.
        rng: Source of every random decision of strategies.

    Raises:
        InputError: A test would begin at an ability beyond ±6.

    Attributes:
        theta: (N,) abilities as estimated now.
        se: (N,) their standard errors.
        prior_mean: (N,) mean of the distribution of ability before the first answer.
        prior_sd: (N,) its standard deviation, at least 0.1.
        log_likelihood: (N, Q) of the answers so far at `POINTS`.
        available: (N, J) items not yet administered.
        length: (N,) items administered.
        counts: (N, C) items administered of each area.
        areas: Names of areas of content, C of them.
        area: (J,) the area of each item; one area for all where the bank names none.
    """

    def __init__(self, bank: ItemBank, start: Start, rng: np.random.Generator) -> None:
        examinees = len(start.theta)
        if examinees and max(np.abs(start.theta).max(), np.abs(start.mean).max()) > POINTS[-1]:
            raise InputError(
                f"tests begin at abilities beyond ±{POINTS[-1]:.0f}",
                place="initialisation",
                remedy="use the scale on which learners have mean 0 and standard deviation 1",
            )
        self.bank = bank
        self.rng = rng
        self.theta = start.theta.copy()
        self.se = start.sd.copy()
        self.prior_mean = start.mean
        self.prior_sd = np.maximum(start.sd, _NARROWEST)
        self.log_likelihood: FloatArray = np.zeros((examinees, len(POINTS)))
        distance = (POINTS - self.prior_mean[:, None]) / self.prior_sd[:, None]
        self._log_prior: FloatArray = -0.5 * distance * distance
        self.available: BoolArray = np.ones((examinees, len(bank)), dtype=np.bool_)
        self.length: IntArray = np.zeros(examinees, dtype=np.int64)
        contents = bank.content or ("",) * len(bank)
        self.areas = tuple(dict.fromkeys(contents))
        number = {name: index for index, name in enumerate(self.areas)}
        self.area: IntArray = np.array([number[name] for name in contents], dtype=np.int64)
        self.counts: IntArray = np.zeros((examinees, len(self.areas)), dtype=np.int64)
        self._items: IntArray = np.full((examinees, _ROOM), -1, dtype=np.int64)
        self._answers: ResponseArray = np.full((examinees, _ROOM), -1, dtype=np.int8)
        right, wrong = log_probabilities(POINTS, bank.a[:, None], bank.b[:, None], bank.c[:, None])
        self._log_probability: FloatArray = np.stack([wrong, right])

    def __len__(self) -> int:
        return len(self.theta)

    @cached_property
    def luck(self) -> FloatArray:
        """(N, J) uniform numbers, one for each time an examinee may meet an item: drawn once, because an item that
        was set aside for an examinee stays aside."""
        return self.rng.random(self.available.shape)

    @property
    def items(self) -> IntArray:
        """(N, T) positions in the bank of the items administered, in their order; −1 after the last."""
        return self._items[:, : int(self.length.max(initial=0))]

    @property
    def answers(self) -> ResponseArray:
        """(N, T) answers to `items`: 1, 0; −1 after the last."""
        return self._answers[:, : int(self.length.max(initial=0))]

    def record(self, rows: IntArray, items: IntArray, correct: BoolArray) -> None:
        """Take in one answer of each of these examinees.

        Args:
            rows: (R,) examinees, each once.
            items: (R,) positions in the bank.
            correct: (R,).
        """
        longest = int(self.length[rows].max(initial=0))
        if longest == self._items.shape[1]:
            room = ((0, 0), (0, longest))
            self._items = np.pad(self._items, room, constant_values=-1)
            self._answers = np.pad(self._answers, room, constant_values=-1)
        self._items[rows, self.length[rows]] = items
        self._answers[rows, self.length[rows]] = correct
        self.available[rows, items] = False
        self.length[rows] += 1
        self.counts[rows, self.area[items]] += 1
        self.log_likelihood[rows] += self._log_probability[correct.astype(np.int64), items]

    def log_posterior(self, rows: IntArray) -> FloatArray:
        """(R, Q) at `POINTS`, up to a constant of each examinee."""
        joint = self.log_likelihood[rows]
        joint += self._log_prior[rows]
        return joint

    def posterior(self, rows: IntArray) -> FloatArray:
        """(R, Q) at `POINTS`, each row summing to 1."""
        weights = self.log_posterior(rows)
        weights -= weights.max(axis=1, keepdims=True)  # the likelihood of many answers underflows
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=1, keepdims=True)
        return weights

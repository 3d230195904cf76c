"""Rows that repeat the answer before: one item of several skills, written as several rows.

Published data often write an answer to an item of two skills as two rows. Whoever predicts row by row then sees the
answer to the second row in the first one; much of what deep models gained over knowledge tracing on such data is this
(Xiong, Zhao, Van Inwegen and Beck, 2016). Where the data do not say which rows are one answer, pairs of skills give
them away: the outcomes of some ordered pairs practically always agree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gradatim.memory.tracing.data.sequences import Flags, Sequences

AGREEMENT = 0.95
"""Share of neighbouring rows with the same outcome from which a pair of skills counts as one item."""
KAPPA = 0.8
"""Agreement beyond chance (Cohen's κ) that is needed besides: two easy skills agree without being one item."""
SUPPORT = 10
"""Neighbouring rows that a pair must have."""


@dataclass(frozen=True, slots=True)
class CopyRule:
    """Ordered pairs of skills whose rows are one answer."""

    pairs: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def learned(cls, data: Sequences) -> CopyRule:
        """Learn the pairs from data; none where the data themselves tell which rows are one answer."""
        if data.answer is not None or len(data) < 2:
            return cls()
        follows = ~data.first[1:] & (data.skill[1:] != data.skill[:-1])
        before, after = data.skill[:-1][follows].astype(np.int64), data.skill[1:][follows].astype(np.int64)
        was, now = data.correct[:-1][follows], data.correct[1:][follows]
        size = len(data.skills)
        pair, place = np.unique(before * size + after, return_inverse=True)
        support = np.bincount(place, minlength=len(pair))
        agreed, first, second = (
            np.bincount(place, weights=flags.astype(np.float64), minlength=len(pair)) / np.maximum(support, 1)
            for flags in (was == now, was, now)
        )
        chance = first * second + (1.0 - first) * (1.0 - second)
        taken = (support >= SUPPORT) & (agreed >= AGREEMENT) & (agreed - chance >= KAPPA * (1.0 - chance))
        codes = [divmod(int(code), size) for code in pair[taken]]
        return cls(frozenset((data.skills[one], data.skills[other]) for one, other in codes))

    def copies(self, data: Sequences) -> Flags:
        """Which rows repeat the row before them, shape (responses,)."""
        flags = np.zeros(len(data), np.bool_)
        if len(data) < 2:
            return flags
        if data.answer is not None:
            flags[1:] = data.answer[1:] == data.answer[:-1]
        elif self.pairs:
            size = len(data.skills)
            pair = data.skill[:-1].astype(np.int64) * size + data.skill[1:]
            flags[1:] = np.isin(pair, self._codes(data.skills))
        flags[data.first] = False
        return flags

    def _codes(self, skills: Iterable[str]) -> list[int]:
        place = {name: number for number, name in enumerate(skills)}
        return [place[a] * len(place) + place[b] for a, b in self.pairs if a in place and b in place]


def without_copies(data: Sequences, rule: CopyRule) -> Sequences:
    """The rows that are the first of their answer: what an honest evaluation predicts and a model may see."""
    return data.rows(~rule.copies(data))

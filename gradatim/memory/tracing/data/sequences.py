"""Responses of many learners as arrays: who answered what, in which order, and whether it was correct."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sequences:
    """Responses in learner-major order; within a learner in the order of time.

    All arrays have the shape (responses,).
    """

    learners: tuple[str, ...]
    """Names that the codes in `learner` stand for."""
    skills: tuple[str, ...]
    """Names that the codes in `skill` stand for."""
    learner: Codes
    skill: Codes
    correct: Flags
    items: tuple[str, ...] = ()
    """Names that the codes in `item` stand for."""
    item: Codes | None = None
    """What was answered, where the data tell."""
    seconds: Reals | None = None
    """When it was answered, in seconds since any instant, where the data tell."""
    answer: Codes | None = None
    """Rows with the same number are one answer to an item of several skills, where the data tell."""

    def __post_init__(self) -> None:
        rows = len(self.learner)
        columns = (self.skill, self.correct, self.item, self.seconds, self.answer)
        if any(column is not None and len(column) != rows for column in columns):
            raise ValueError("the columns of responses differ in length")

    def __len__(self) -> int:
        return len(self.learner)

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """Row at which each learner's responses begin, and the number of rows at the end."""
        if not len(self):
            return np.zeros(1, np.int64)
        changes = np.flatnonzero(self.learner[1:] != self.learner[:-1]) + 1
        return np.concatenate(([0], changes, [len(self)])).astype(np.int64)

    @cached_property
    def first(self) -> Flags:
        """Whether a row is its learner's first one."""
        flags = np.zeros(len(self), np.bool_)
        flags[self.starts[:-1]] = True
        return flags

    def rows(self, keep: Flags) -> Sequences:
        """The responses of these rows only; names stay as they are."""
        return replace(
            self,
            learner=self.learner[keep],
            skill=self.skill[keep],
            correct=self.correct[keep],
            item=None if self.item is None else self.item[keep],
            seconds=None if self.seconds is None else self.seconds[keep],
            answer=None if self.answer is None else self.answer[keep],
        )

    def skill_codes(self, names: Sequence[str]) -> Codes:
        """`skill` by other numbers: the place of each skill's name in `names`, −1 for one that is not there."""
        return _recoded(self.skill, self.skills, names)

    def skill_numbers(self, names: Sequence[str]) -> Codes:
        """As `skill_codes`, but a skill that is not in `names` has a number of its own from `len(names)` on."""
        known = self.skill_codes(names)
        return np.where(known >= 0, known, len(names) + self.skill).astype(np.int32)


def totals(codes: npt.NDArray[np.integer[Any]], size: int, weights: Reals | None = None) -> Reals:
    """Sum of the weights, or number, of the rows of each code; shape (size,)."""
    return np.bincount(codes, weights=weights, minlength=size).astype(np.float64)


def chosen(correct: Flags, if_right: Reals, if_wrong: Reals) -> Reals:
    """One value where a response is right, the other where it is wrong."""
    return np.where(correct, if_right, if_wrong)


def _recoded(codes: Codes, old: Sequence[str], new: Sequence[str]) -> Codes:
    place = {name: number for number, name in enumerate(new)}
    table = np.array([place.get(name, -1) for name in old] or [-1], np.int32)
    return table[codes]

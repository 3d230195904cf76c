"""Sequences of many lengths laid side by side, so that one array operation moves all of them by a step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gradatim.memory.tracing.data.sequences import Codes, Flags, Sequences

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Strands:
    """The responses of one learner to one skill, for all learners and skills, longest first."""

    order: Integers
    """Rows of the data, strand by strand, shape (responses,)."""
    begins: Integers
    """Where each strand begins in `order`, shape (strands,)."""
    lengths: Integers
    """Shape (strands,), falling."""
    skill: Codes
    """Shape (strands,)."""

    def active(self) -> Integers:
        """How many strands have a step t, for every t."""
        return active(self.lengths)


def active(lengths: Integers) -> Integers:
    """How many of these falling lengths are greater than t, for every t."""
    longest = int(lengths[0]) if len(lengths) else 0
    return np.searchsorted(-lengths, -np.arange(longest), side="left")


def strands(learner: Codes, skill: Codes) -> Strands:
    """Group responses by learner and skill; a skill below 0 is left out.

    Args:
        learner: Learner of each response, in learner-major time order.
        skill: Skill of each response.
    """
    known = np.flatnonzero(skill >= 0)
    size = int(skill.max()) + 1 if len(known) else 1
    key = learner[known].astype(np.int64) * size + skill[known]
    by_key = np.argsort(key, kind="stable")
    ordered = key[by_key]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.int64)
    lengths = np.diff(np.r_[begins, len(ordered)])
    longest_first = np.argsort(-lengths, kind="stable")
    begins, lengths = begins[longest_first], lengths[longest_first]
    order = known[by_key]
    return Strands(order, begins, lengths, skill[order[begins]])


@dataclass(frozen=True, slots=True)
class Patterns:
    """The distinct sequences of right and wrong by skill, longest first, each with how often it occurs."""

    observed: list[Flags]
    """Step t of the patterns that have one: shape (active at t,)."""
    lengths: Integers
    skill: Codes
    weight: npt.NDArray[np.float64]

    @classmethod
    def of(cls, data: Sequences, skill: Codes) -> Patterns:
        """Count the patterns of responses.

        Args:
            data: The responses.
            skill: Skill of each response as a number; below 0 leaves it out.
        """
        laid = strands(data.learner, skill)
        outcomes = data.correct[laid.order].astype(np.uint8).tobytes()
        counts = Counter(
            (number, outcomes[begin : begin + length])
            for number, begin, length in zip(
                laid.skill.tolist(), laid.begins.tolist(), laid.lengths.tolist(), strict=True
            )
        )
        return cls.counted(counts)

    @classmethod
    def counted(cls, counts: Counter[tuple[int, bytes]]) -> Patterns:
        """From (skill, outcomes as bytes 0 and 1) and how often each occurs."""
        ordered = sorted(counts.items(), key=lambda entry: (-len(entry[0][1]), entry[0]))
        lengths = np.array([len(outcomes) for (_, outcomes), _ in ordered], np.int64)
        flat = np.frombuffer(b"".join(outcomes for (_, outcomes), _ in ordered), np.uint8).astype(np.bool_)
        begins = np.cumsum(lengths) - lengths
        observed = [flat[begins[:count] + step] for step, count in enumerate(active(lengths).tolist())]
        return cls(
            observed,
            lengths,
            np.array([number for (number, _), _ in ordered], np.int32),
            np.array([count for _, count in ordered], np.float64),
        )

    def of_skills(self, keep: Flags) -> Patterns:
        """The patterns of some skills; `keep` has an entry for every skill."""
        mine = keep[self.skill]
        return Patterns(
            [seen[mine[: len(seen)]] for seen in self.observed if mine[: len(seen)].any()],
            self.lengths[mine],
            self.skill[mine],
            self.weight[mine],
        )

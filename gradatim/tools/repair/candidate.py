"""A candidate: the whole program after one edit, with what is needed to order, explain and rank it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program that differs from another by one edit.

    Attributes:
        code: The whole program.
        operator: Kind of edit, e.g. `comparison-operator`.
        prior: How often a person makes an edit of this kind, in (0, 1]; orders the trials and ranks what passes.
        line: Line of the program before the edit that it changes, or that it puts something after.
        what: What is changed, without the solution, to be read before "in line 4": `the comparison`.
        overfits: Whether it could pass the tests without being right, as a constant taken from a test would.
    """

    code: str
    operator: str
    prior: float
    line: int
    what: str
    overfits: bool = False

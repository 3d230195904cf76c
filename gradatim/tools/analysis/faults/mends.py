"""Small changes of one line that may make a program readable, each with what it would mean was wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Lines = Sequence[str]
Mender = Callable[[Lines, int], "Iterator[Mend]"]
"""From the lines of a program and the position (from 0) of one to changes of it."""


@dataclass(frozen=True, slots=True)
class Mend:
    """Lines `at`..`last` (from 0) replaced by others.

    Attributes:
        kind: What would have been wrong, e.g. `missing-colon`.
        cost: How unlikely the slip is, from 0; smaller changes of a common kind come first.
        piece: The part of the line that is wrong or that something is missing after; may be empty.
        wanted: What belongs there; may be empty.
    """

    at: int
    last: int
    replacement: tuple[str, ...]
    kind: str
    cost: float
    piece: str = ""
    wanted: str = ""

    def applied(self, lines: Lines) -> list[str]:
        """The program's lines with the change."""
        return [*lines[: self.at], *self.replacement, *lines[self.last + 1 :]]


def one(at: int, text: str, kind: str, cost: float, piece: str = "", wanted: str = "") -> Mend:
    """A change of a single line."""
    return Mend(at, at, (text,), kind, cost, piece, wanted)

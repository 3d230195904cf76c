"""One piece of a program while changes of it are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gradatim.tools.repair.pool.compiling import stops_at
from gradatim.tools.repair.pool.frame import Piece, Support, assemble
from gradatim.tools.repair.pool.reduction import Subset
from gradatim.tools.repair.pool.script import Script
from gradatim.tools.repair.pool.size import changed_lines
from gradatim.tools.repair.pool.unit import MODULE, Program, Unit
from gradatim.tools.repair.pool.usefulness import idle_statements

SMALL = 2
"""Changed lines with which nothing smaller is looked for."""
PASSED, SURE = 1, 2
"""A candidate passes every test; it also agrees with the correct programs where the tests say nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A change of one piece that makes every test pass."""

    piece: Piece
    lines: int
    """Changed lines, those of helpers included."""
    spelling: int
    """Differences within them."""
    sure: bool = True
    """Whether it also agrees with the correct programs where the tests say nothing."""

    @property
    def order(self) -> tuple[bool, int, int, tuple[str, ...]]:
        return not self.sure, self.lines, self.spelling, self.piece.lines


@dataclass(frozen=True, slots=True)
class Partial:
    """A change of one piece that does not make every test pass, or does not agree with the correct programs."""

    piece: Piece
    near: float
    """How near it comes, in [0, 2]."""
    changed: int
    source: str
    """The whole program."""


class Ranker(Protocol):
    """Runs whole programs."""

    async def ranks(self, sources: Sequence[str]) -> list[tuple[int, float]]:
        """For each, 0, `PASSED` or `SURE`, and how near it comes."""
        ...


class Workpiece:
    """One piece in its program: puts new lines into their place and runs the result."""

    def __init__(self, ranker: Ranker, student: Program, name: str, unit: Unit, others: Mapping[str, Piece]) -> None:
        self._ranker = ranker
        self.student = student
        self._name = name
        self.tried: set[tuple[str, ...]] = set()
        """Starting points that were taken already."""
        self._old = student.physical[unit.first - 1 : unit.last]
        self._idle = idle_statements(self._old)
        self._others = others
        self._support: Support = ()
        self.partials: dict[tuple[str, ...], Partial] = {}
        """New lines of the piece that do not pass yet, or do not agree."""

    def starting_from(self, student: Program, support: Support = ()) -> None:
        """Take what follows as changes of a program that is itself changed already, with what that change needs."""
        self.student = student
        self._support = support

    async def ranks(
        self, tasks: Sequence[tuple[Script, Piece, Subset]], found: dict[tuple[str, ...], Found]
    ) -> list[int]:
        """How good each subset is; those that make every test pass are added to `found`."""
        made = [self._made(*task) for task in tasks]
        results = iter(await self._ranker.ranks([item[1] for item in made if item is not None]))
        ranks: list[int] = []
        for (_, _, subset), item in zip(tasks, made, strict=True):
            rank, near = (0, 0.0) if item is None else next(results)
            ranks.append(rank)
            if rank and item is not None:
                self._keep(item[0], subset, rank == SURE, found)
            if rank < SURE and item is not None:
                changed = changed_lines(self._old, item[0].lines)
                self.partials[item[0].lines] = Partial(item[0], near, changed, item[1])
        return ranks

    def _made(self, script: Script, support: Piece, subset: Subset) -> tuple[Piece, str] | None:
        lines = script.render(subset)
        if lines is None:
            return None
        used = support.support if any(a.kind != "delete" for a in subset) else ()
        piece = Piece(tuple(lines), tuple(dict.fromkeys((*self._support, *used))))
        source = "\n".join(
            lines if self._name == MODULE else assemble(self.student, {**self._others, self._name: piece})
        )
        # Other pieces compile anyway.
        return None if stops_at("\n".join(lines)) is not None else (piece, source)

    def _keep(self, piece: Piece, subset: Subset, sure: bool, found: dict[tuple[str, ...], Found]) -> None:
        helpers = sum(text.count("\n") + 1 for _, text in piece.support)
        unreached = 2 * max(0, idle_statements(piece.lines) - self._idle)
        item = Found(piece, changed_lines(self._old, piece.lines) + helpers + unreached, len(subset), sure)
        known = found.get(piece.lines)
        if known is None or item.order < known.order:
            found[piece.lines] = item


def small(found: Mapping[tuple[str, ...], Found]) -> bool:
    """Whether nothing smaller needs to be looked for."""
    return any(item.sure and item.lines <= SMALL for item in found.values())

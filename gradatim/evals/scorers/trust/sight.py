"""A quick look at a text that settles, for most, that it gives nothing of a solution away.

The rules of `gradatim.tools.claims.leaks` need the expressions of the solution, which takes a millisecond a program. A
text can break them only by words in a row as they stand in the solution, or by a block of new code. Where it does
neither, nothing else has to be looked at; where it may, the rules decide. The look never takes a leak for none: what it
could misread (code whose spelling changes when it is parsed and written again) it leaves to the rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from gradatim.tools.claims.code import WILD, occurs, tokens
from gradatim.tools.claims.generic import is_generic, statements_in
from gradatim.tools.claims.novelty import CLOSE, added_tokens

IN_PROSE = 3
"""Tokens in a row that the shortest piece of a solution has that counts in prose."""
IN_CODE = 2
"""The same between backticks."""
_BRACKETS = frozenset(("(", ")", "[", "]", "{", "}", ","))
"""Tokens that come and go when code is parsed and written again."""
_NEGATED = frozenset(("not", "in", "is"))
"""Tokens that change places then, where there is a `not`."""
_RESPELLED = re.compile(
    r"""\\[^ntr\\]|\b[fF]["'][^\n]*\\|\d[\d.]*[_xXoObBeEjJ]|(?<!\w)\.\d|\d\.(?!\d)"""
    r"""|\b(?:[rRuU]|[bB][rR]|[rR][bBfF]|[fF][rR])["']|["']\s+["']|[=(,+\[]\s*(?:\"{3}|'{3})"""
)
"""Numbers and texts that are spelled in another way when code is parsed and written again."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known to the learner, and of what a solution is made.

    Attributes:
        program: What the learner has written.
        solutions: Programs that must not be told.
        known: Tokens of each text that the learner may see anyway.
        made_of: All tokens of the solution.
        pairs: All neighbours in it, with round brackets and without.
        moves: Tokens that may stand beside any other.
        open: Whether the solution holds what the look could misread.
    """

    program: str
    solutions: tuple[str, ...]
    known: tuple[tuple[str, ...], ...]
    made_of: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    moves: frozenset[str]
    open: bool

    @classmethod
    def of(cls, program: str, open_texts: Sequence[str], solutions: Sequence[str]) -> Sight:
        """What there is to be seen; the same for all sentences about one program."""
        return _sight(program, tuple(open_texts), tuple(solutions))

    def may_leak(self, text: str) -> bool:
        """Whether a text could give something away; `False` is certain."""
        if self.open or not text.isascii() or "``" in text:
            return True  # wide signs and blocks of code are for the rules to read
        pieces = text.split("`")
        if len(pieces) % 2 == 0:
            return True  # a backtick that is not closed
        quoted = dict.fromkeys(code.strip() for code in pieces[1::2] if code)
        return any(map(self._told, quoted)) or self._row(tokens(" ; ".join(pieces[::2])), IN_PROSE)

    def _told(self, code: str) -> bool:
        """Whether code between backticks could be a piece of the solution, or a block of new code."""
        if is_generic(code):
            return False
        quote = tuple(tokens(code))
        known = any(occurs(quote, source) for source in self.known)
        if not known and (self._row(quote, IN_CODE) or statements_in(code) >= 2):
            return True
        # what was added to a near miss is short, and comparing the programs takes a while
        return len(quote) <= CLOSE and quote in _added(self.program, self.solutions)

    def _row(self, said: Sequence[str], least: int) -> bool:
        """Whether so many tokens stand in a row as they may stand in the solution, some neighbours just as there."""
        row, exact, before = 0, least == IN_CODE, ""
        for token in said:
            if token not in self.made_of:
                row, exact = 0, least == IN_CODE
            elif row and (before, token) in self.pairs:
                row, exact = row + 1, True
            elif row and (before in self.moves or token in self.moves):
                row += 1
            else:
                row, exact = 1, least == IN_CODE
            if row >= least and exact:
                return True
            before = token
        return False


@lru_cache(maxsize=32)
def _sight(program: str, open_texts: tuple[str, ...], solutions: tuple[str, ...]) -> Sight:
    made = [_made_of(solution) for solution in solutions]
    moves = _BRACKETS | _NEGATED if any("not" in one.tokens for one in made) else _BRACKETS
    return Sight(
        program=program,
        solutions=solutions,
        known=tuple(_tokens(text) for text in open_texts if text.strip()),
        made_of=moves.union(*(one.tokens for one in made)) if made else frozenset(),
        pairs=frozenset[tuple[str, str]]().union(*(one.pairs for one in made)),
        moves=moves,
        open=any(one.open for one in made),
    )


class _Made(NamedTuple):
    """Of what one solution is made; fields as in `Sight`."""

    tokens: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    open: bool


@lru_cache(maxsize=512)
def _made_of(solution: str) -> _Made:
    """Neighbours with round brackets and without; those of two lines only where code may go on in the next."""
    goes_on = '"' in solution or "'" in solution  # brackets in texts are not told from others
    lines: list[list[str]] = [[]]
    depth = 0
    for line in solution.splitlines():
        found = tokens(line)
        lines[-1] += found
        depth += sum(token in "([{" for token in found) - sum(token in ")]}" for token in found)
        if depth <= 0 and not goes_on:
            lines.append([])
    pairs: set[tuple[str, str]] = set()
    for line in lines:
        pairs.update(pairwise(line))
        if "(" in line or ")" in line:
            pairs.update(pairwise([token for token in line if token not in "()"]))
    made_of = frozenset(token for line in lines for token in line)
    return _Made(made_of, frozenset(pairs), WILD in made_of or _RESPELLED.search(solution) is not None)


@lru_cache(maxsize=32)
def _added(program: str, solutions: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Tokens that a solution has more than a program that lacks only a few."""
    return frozenset(run for solution in solutions for run in added_tokens(program, solution))


@lru_cache(maxsize=512)
def _tokens(text: str) -> tuple[str, ...]:
    """Tokens of a text; many submissions share those of their task."""
    return tuple(tokens(text))

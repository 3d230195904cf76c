"""An explanation, and what explainers may look at."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from gradatim.domain import ExceptionFact
from gradatim.tools.analysis.program import BUILT_IN_NAMES, Function, Program

NEAR = 0.72
"""Least similarity (Ratcliff and Obershelp, as `difflib` counts it) of a name that may be meant instead."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An exception in plain words.

    Attributes:
        text: One or two sentences, true on their own.
        line: 1-based line, if it is known.
        piece: The part of the line that it is about, as written; may be empty.
        near: What may be meant instead of a name; `None` where nothing is close.
    """

    text: str
    line: int | None = None
    piece: str = ""
    near: str | None = None


@dataclass(frozen=True)
class Raised:
    """An exception with the program that raised it.

    Attributes:
        known: Names that the task's set-up code defines.
    """

    fact: ExceptionFact
    program: Program
    known: frozenset[str] = frozenset()

    @property
    def message(self) -> str:
        return self.fact.message

    @property
    def line(self) -> int | None:
        return self.fact.line

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Expressions that the line holds, or a part of."""
        if self.line is None:
            return ()
        expressions = [node for node in self.program.nodes if isinstance(node, ast.expr)]
        return tuple(item for item in expressions if item.lineno <= self.line <= (item.end_lineno or item.lineno))

    @cached_property
    def function(self) -> Function | None:
        """The function that the line stands in."""
        inside = [
            item
            for item in self.program.functions
            if self.line is not None and item.line <= self.line <= (item.node.end_lineno or 0)
        ]
        return inside[-1] if inside else None

    def search(self, pattern: str) -> re.Match[str] | None:
        """Where the message has the form of a pattern."""
        return re.search(pattern, self.message, re.DOTALL)

    def near(self, name: str, among: Iterable[str]) -> str | None:
        """The closest of some names, if one is close."""
        found = [item for item in among if item != name]
        same = [item for item in found if item.lower() == name.lower()]
        close = same or difflib.get_close_matches(name, found, 1, NEAR)
        return close[0] if close else None

    def visible_names(self) -> frozenset[str]:
        """Names that may be used at the line."""
        return self.program.names_visible_in(self.function) | self.known | BUILT_IN_NAMES

    def text(self, node: ast.AST) -> str:
        return self.program.text(node)

    def only(self, kinds: type[ast.expr] | tuple[type[ast.expr], ...]) -> ast.expr | None:
        """The one node of this kind on the line; `None` if there are none or more."""
        found = [node for node in self.nodes if isinstance(node, kinds)]
        return found[0] if len(found) == 1 else None

    def binary(self, *operators: type[ast.operator]) -> Iterator[ast.BinOp]:
        """Calculations on the line with one of these operators."""
        for node in self.nodes:
            if isinstance(node, ast.BinOp) and isinstance(node.op, operators):
                yield node

    def say(self, text: str, piece: str = "", near: str | None = None) -> Explanation:
        """An explanation at the exception's line."""
        return Explanation(text, self.line, piece, near)


def where(raised: Raised) -> str:
    """`Line 4`, or nothing better."""
    return f"Line {raised.line}" if raised.line else "The program"

"""A piece of a program as a tree of logical lines, each with its text in normal spelling."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.tools.repair.pool.tokens import meaning, split

HEADERS = frozenset(
    (
        "module",
        "def",
        "class",
        "if",
        "elif",
        "else",
        "for",
        "while",
        "with",
        "try",
        "except",
        "finally",
        "match",
        "case",
    )
)
JUMPS = frozenset(("return", "break", "continue", "raise"))


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: a simple statement, or the header of a compound one.

    Attributes:
        kind: First keyword for most (`if`, `return`, …), `assign`, `expr`, `block` for a definition taken as a whole.
        text: In normal spelling, without indentation.
        parent: Position of the header it stands under; -1 for the first line of all.
        first: First line of the file that it covers; 0 when it comes from elsewhere.
        last: Last such line.
        scope: Which function's names it uses, where one piece has several.
        name: What a definition defines.
    """

    kind: str
    text: str
    parent: int
    first: int
    last: int
    scope: str
    name: str
    tokens: tuple[str, ...]
    """Of `text`, white space included."""
    label: tuple[str, ...]
    """Of `text`, without."""


def line(kind: str, text: str, parent: int, first: int, last: int, scope: str = "", name: str = "") -> Line:
    """A logical line from its text."""
    tokens = split(text)
    return Line(kind, text, parent, first, last, scope, name, tokens, meaning(tokens))


class Reader:
    """Turns statements into logical lines.

    Args:
        physical: Lines of the file.
        whole: Whether definitions stay whole (`block`), as in the module's own code.
        scoped: Whether each method has names of its own, as in a class.
    """

    def __init__(self, physical: Sequence[str], *, whole: bool = False, scoped: bool = False) -> None:
        self._physical = physical
        self._whole = whole
        self._scoped = scoped
        self.lines: list[Line] = []

    def add(self, kind: str, text: str, parent: int, first: int, last: int, scope: str = "", name: str = "") -> int:
        """Append a line and give its position."""
        self.lines.append(line(kind, text, parent, first, last, scope, name))
        return len(self.lines) - 1

    def body(self, statements: Sequence[ast.stmt], parent: int, scope: str = "") -> None:
        """Append all statements of a block."""
        for statement in statements:
            self.statement(statement, parent, scope)

    def statement(self, node: ast.stmt, parent: int, scope: str = "") -> None:
        """Append one statement with all that stands under it."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            self._definition(node, parent, scope)
        elif isinstance(node, ast.If):
            self._if(node, parent, scope, "if")
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While):
            kind = "while" if isinstance(node, ast.While) else "for"
            self.body(node.body, self._header(node, kind, node.body, parent, scope), scope)
            self._tail("else", node.body, node.orelse, parent, scope)
        elif isinstance(node, ast.With | ast.AsyncWith):
            self.body(node.body, self._header(node, "with", node.body, parent, scope), scope)
        elif isinstance(node, ast.Try):
            self._try(node, parent, scope)
        elif isinstance(node, ast.Match):
            at = self.add("match", f"match {ast.unparse(node.subject)}:", parent, node.lineno, node.lineno, scope)
            for case in node.cases:
                first = self._keyword("case", node.lineno, case.body[0].lineno)
                guard = f" if {ast.unparse(case.guard)}" if case.guard else ""
                inner = self.add("case", f"case {ast.unparse(case.pattern)}{guard}:", at, first, first, scope)
                self.body(case.body, inner, scope)
        else:
            last = node.end_lineno or node.lineno
            self.add(_simple_kind(node), ast.unparse(node), parent, node.lineno, last, scope)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, parent: int, scope: str) -> None:
        first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
        if self._whole:
            self.add("block", ast.unparse(node), parent, first, node.end_lineno or node.lineno, scope, node.name)
            return
        for item in node.decorator_list:
            self.add("decorator", f"@{ast.unparse(item)}", parent, item.lineno, item.end_lineno or item.lineno, scope)
        self.definition(node, parent, node.name if self._scoped and isinstance(node, ast.FunctionDef) else scope)

    def definition(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, parent: int, scope: str = ""
    ) -> None:
        """Append a definition, its docstring as part of its header."""
        bare = copy.copy(node)
        bare.decorator_list = []
        body = list(node.body)
        last = self._end_of_header(node.lineno, body)
        if _is_docstring(body[0]):
            last = max(last, body[0].end_lineno or last)
            body = body[1:]
        bare.body = [ast.Pass()]
        text = ast.unparse(bare).strip().splitlines()[0].removesuffix(" pass")
        kind = "class" if isinstance(node, ast.ClassDef) else "def"
        self.body(body, self.add(kind, text, parent, node.lineno, last, scope, node.name), scope)

    def _if(self, node: ast.If, parent: int, scope: str, kind: str) -> None:
        last = self._end_of_header(node.lineno, node.body)
        self.body(
            node.body, self.add(kind, f"{kind} {ast.unparse(node.test)}:", parent, node.lineno, last, scope), scope
        )
        other = node.orelse
        if len(other) == 1 and isinstance(other[0], ast.If) and self._at(other[0]).startswith("elif"):
            self._if(other[0], parent, scope, "elif")
        else:
            self._tail("else", node.body, other, parent, scope)

    def _try(self, node: ast.Try, parent: int, scope: str) -> None:
        last = self._end_of_header(node.lineno, node.body)
        self.body(node.body, self.add("try", "try:", parent, node.lineno, last, scope), scope)
        before = node.body
        for handler in node.handlers:
            kind = f" {ast.unparse(handler.type)}" if handler.type else ""
            name = f" as {handler.name}" if handler.name else ""
            last = self._end_of_header(handler.lineno, handler.body)
            at = self.add("except", f"except{kind}{name}:", parent, handler.lineno, last, scope)
            self.body(handler.body, at, scope)
            before = handler.body
        self._tail("else", before, node.orelse, parent, scope)
        self._tail("finally", node.orelse or before, node.finalbody, parent, scope)

    def _header(self, node: ast.stmt, kind: str, body: Sequence[ast.stmt], parent: int, scope: str) -> int:
        bare = copy.copy(node)
        bare.body = [ast.Pass()]  # pyright: ignore[reportAttributeAccessIssue]
        if hasattr(bare, "orelse"):
            bare.orelse = []  # pyright: ignore[reportAttributeAccessIssue]
        text = ast.unparse(bare).strip().splitlines()[0]
        return self.add(kind, text, parent, node.lineno, self._end_of_header(node.lineno, body), scope)

    def _tail(self, word: str, before: Sequence[ast.stmt], body: Sequence[ast.stmt], parent: int, scope: str) -> None:
        """`else:` or `finally:` with its block; the syntax tree does not say where the word stands."""
        if not body:
            return
        first = self._keyword(word, before[-1].end_lineno or 1, body[0].lineno)
        self.body(body, self.add(word, f"{word}:", parent, first, first, scope), scope)

    def _keyword(self, word: str, low: int, high: int) -> int:
        for number in range(min(high, len(self._physical)), low - 1, -1):
            if re.match(rf"\s*{word}\b", self._physical[number - 1]):
                return number
        return high

    def _end_of_header(self, first: int, body: Sequence[ast.stmt]) -> int:
        last = _first_line(body[0]) - 1
        while last > first and _is_blank(self._physical[last - 1]):
            last -= 1
        return max(first, last)

    def _at(self, node: ast.stmt) -> str:
        # Column offsets count UTF-8 bytes.
        return self._physical[node.lineno - 1].encode()[node.col_offset :].decode(errors="replace")


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_blank(text: str) -> bool:
    stripped = text.strip()
    return not stripped or stripped.startswith("#")


def _simple_kind(node: ast.stmt) -> str:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        return "assign"
    return type(node).__name__.lower()

"""Programs of items as text: one way of writing them, and their shape without names and constants."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache


def canonical(code: str) -> str:
    """The program as `ast.unparse` writes it, so that a right program and its faulty versions differ only in the fault.

    Raises:
        SyntaxError: It is no Python.
    """
    return _spaced(ast.unparse(ast.parse(code)))


def written(tree: ast.AST) -> str:
    """A tree as text, in the same way as `canonical`."""
    return _spaced(ast.unparse(ast.fix_missing_locations(tree)))


def _spaced(code: str) -> str:
    """Two empty lines between a definition and what follows become one, and none stands after the name of a class:
    items are short."""
    lines: list[str] = []
    for line in code.split("\n"):
        if line or (lines and lines[-1] and not lines[-1].lstrip().startswith("class ")):
            lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"


class _Bare(ast.NodeTransformer):
    """Replaces names by numbers in the order in which they occur, and constants by their types.

    Names of builtins and of methods stay: they are what a program does. The constants 0 and 1, empty text, truth
    values and `None` stay too: `n % 2 == 0` and `n % 2 == 1` are different questions.
    """

    def __init__(self, bound: frozenset[str]) -> None:
        self._bound = bound
        self._names: dict[str, str] = {}

    def _short(self, name: str) -> str:
        return self._names.setdefault(name, f"v{len(self._names)}") if name in self._bound else name

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._short(node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._short(node.arg))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._short(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self._short(node.name)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        node.attr = self._short(node.attr)
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        value = node.value
        if value is None or isinstance(value, bool) or value in (0, 1, ""):
            return ast.Constant(value)
        return ast.Constant(f"<{type(value).__name__}>")


@cache
def shape(code: str) -> str:
    """Digest of a program up to the names it binds and its constants.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = ast.parse(code)
    text = ast.dump(_Bare(frozenset(bound_names(tree))).visit(tree))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Names that a program gives a meaning to: functions, classes, parameters, variables, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def differing_lines(right: str, other: str) -> tuple[list[int], list[int]]:
    """Positions (from 0) of lines that are in one program only: of the right one, of the other one."""
    import difflib

    first, second = right.splitlines(), other.splitlines()
    gone: list[int] = []
    come: list[int] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag != "equal":
            gone += range(a, b)
            come += range(c, d)
    return gone, come

"""Statements that start an accumulator and statements that add to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.program import Function

GROWING = frozenset(["append", "add", "extend", "insert"])


def grows(node: ast.AST) -> str | None:
    """Name of the accumulator that a node adds to."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() as value) if name in names_in(value):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in GROWING:
            return name
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            return name
        case _:
            return None


def starts(case: Examination) -> Iterator[tuple[Function | None, str, ast.expr, ast.Assign]]:
    """Plain assignments before any loop, with function, name and value."""
    for node, function in case.places:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not case.program.loops_around(node):
                yield function, name, value, node
            case _:
                continue

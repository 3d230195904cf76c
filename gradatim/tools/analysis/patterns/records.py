"""Loops that keep the largest or smallest item so far."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.program import Function


def record_of(function: Function, name: str) -> tuple[ast.If, bool] | None:
    """The `if x > record: record = x` of a name, and whether it looks for the largest."""
    for node in function.nodes:
        match node:
            case ast.If(test=ast.Compare(left=left, ops=[op], comparators=[right])):
                pass
            case _:
                continue
        if not any(
            isinstance(s, ast.Assign) and isinstance(t := s.targets[0], ast.Name) and t.id == name for s in node.body
        ):
            continue
        up = isinstance(op, ast.Gt | ast.GtE)
        if not up and not isinstance(op, ast.Lt | ast.LtE):
            continue
        if measured(right) == name:
            return node, up
        if measured(left) == name:
            return node, not up
    return None


def measured(node: ast.expr) -> str | None:
    """The name that is compared: itself, or what `len` or another function of one argument makes of it."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Call(func=ast.Name(), args=[ast.Name(id=name)], keywords=[]):
            return name
        case _:
            return None

"""A beginner believes that a check protects the whole function wherever it stands.

An exception is raised above the check that should prevent it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import leaves, length_of
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("checked-after-use",)


def detect(case: Examination) -> Iterator[Sign]:
    """An exception on a line whose check stands below it in the same block."""
    for line, found in case.raised_at("IndexError ZeroDivisionError KeyError ValueError TypeError").items():
        function = case.function_at(line)
        if function is None:
            continue
        statement = next((node for node in case.nodes_at(line) if isinstance(node, ast.stmt)), None)
        if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
            continue
        needed = _needed(statement, found[0].fact.type)
        for later in case.program.rest_of_block(statement)[1:]:
            if isinstance(later, ast.If) and any(_checks(later.test, name) for name in needed) and leaves(later.body):
                said = f"can fail, and the check for it stands below, on line {later.lineno}."
                yield of_errors(case, "checked-after-use", line, 0.94, said, found)
                break


def _needed(statement: ast.stmt, kind: str) -> set[str]:
    """Names of which a statement needs that they are not empty, not zero or present."""
    names: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Subscript(value=ast.Name(id=name)) if kind in ("IndexError", "TypeError"):
                names.add(name)
            case ast.Subscript(slice=ast.Name(id=name)) if kind == "KeyError":
                names.add(name)
            case ast.BinOp(op=ast.Div() | ast.FloorDiv() | ast.Mod(), right=right) if kind == "ZeroDivisionError":
                of = length_of(right)
                names |= {item.id for item in (right, of) if isinstance(item, ast.Name)}
            case ast.Call(func=ast.Name(id="max" | "min" | "int" | "float"), args=[ast.Name(id=name)]):
                if kind == "ValueError":
                    names.add(name)
            case _:
                continue
    return names


def _checks(test: ast.expr, name: str) -> bool:
    """Whether a condition is about a name being empty, zero, missing or None."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return isinstance(inner, ast.Name) and inner.id == name
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is() | ast.Lt() | ast.LtE()], comparators=[_]):
            of = length_of(left) or left
            return isinstance(of, ast.Name) and of.id == name
        case ast.Compare(left=ast.Name(id=asked), ops=[ast.NotIn()]):
            return asked == name
        case _:
            return False

"""A beginner believes that two replacements in a row exchange two texts.

What the first replacement has made is replaced back by the second.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import with_values
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("chained-replace-exchanges",)


def detect(case: Examination) -> Iterator[Sign]:
    """`replace(a, b)` followed by `replace(b, a)`."""
    for node, function in case.places:
        second = _replacement(node)
        if second is None:
            continue
        receiver, old, new = second
        first = _replacement(receiver)
        if first is None and isinstance(receiver, ast.Name):
            first = _replaced_above(case, function, node, receiver.id)
        if first is not None and (first[1], first[2]) == (new, old) and old != new:
            said = "also replaces what the replacement before it has just made."
            yield of_line(case, "chained-replace-exchanges", getattr(node, "lineno", 1), 0.95, said)


def _replacement(node: ast.AST | None) -> tuple[ast.expr, str, str] | None:
    match node:
        case ast.Call(
            func=ast.Attribute(value=receiver, attr="replace"),
            args=[ast.Constant(value=str() as old), ast.Constant(value=str() as new)],
        ):
            return receiver, old, new
        case _:
            return None


def _replaced_above(
    case: Examination, function: Function | None, node: ast.AST, name: str
) -> tuple[ast.expr, str, str] | None:
    """The replacement whose result a name holds, in the statement before."""
    statement = case.program.statement_of(node)
    for assign, target in with_values(case, function):
        if target == name and statement is not None and case.program.next_of(assign) is statement:
            return _replacement(assign.value)
    return None

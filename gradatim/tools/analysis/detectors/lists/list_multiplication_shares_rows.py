"""A beginner believes that `[row] * n` makes n rows.

A list that holds a list is multiplied, and one of its rows is changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.lists import NONE_METHODS, runs_everywhere
from gradatim.tools.analysis.sign import Sign

TELLS = ("list-multiplication-shares-rows",)


def detect(case: Examination) -> Iterator[Sign]:
    """`[[0] * n] * m`: one row, several times."""
    for node, _ in case.places:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
            continue
        for side in (node.left, node.right):
            if isinstance(side, ast.List) and side.elts and _is_list(side.elts[0]) and _written(case):
                fact = f"Line {node.lineno}: `{case.program.text(node)}` repeats one and the same inner list."
                yield Sign(
                    "list-multiplication-shares-rows",
                    (node.lineno,),
                    0.94,
                    fact,
                    runs_everywhere(case),
                    case.failed_ids,
                )


def _is_list(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_list(node.left) or _is_list(node.right)
    return isinstance(node, ast.List | ast.ListComp)


def _written(case: Examination) -> bool:
    """Whether an item of an inner list is changed anywhere."""
    for node, _ in case.places:
        match node:
            case ast.Subscript(value=ast.Subscript(), ctx=ast.Store()):
                return True
            case ast.Call(func=ast.Attribute(value=ast.Subscript(), attr=method)) if method in NONE_METHODS:
                return True
            case _:
                continue
    return False

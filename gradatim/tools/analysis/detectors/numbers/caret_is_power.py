"""A beginner writes powers with `^`, as on a calculator.

`^` stands between numbers, and the result is no power.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("caret-is-power",)


def detect(case: Examination) -> Iterator[Sign]:
    """`^` for raising to a power."""
    for node, function in case.places:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.BitXor):
            continue
        if any(isinstance(side, ast.Compare | ast.BoolOp) for side in (node.left, node.right)):
            continue
        if function is not None and any(_given_other(case, function, side) for side in (node.left, node.right)):
            continue
        match node.right:
            case ast.Constant(value=bool() | 1):
                continue
            case ast.Constant(value=int() | float()) | ast.Name() | ast.BinOp() | ast.Attribute():
                pass
            case _:
                continue
        fact = (
            f"Line {node.lineno}: `{case.program.text(node)}` uses ^, which combines bits and does not "
            "raise to a power."
        )
        yield Sign(
            "caret-is-power", (node.lineno,), 0.94, fact, f"It runs in {name_tests(case.failed_ids)}.", case.failed_ids
        )


def _given_other(case: Examination, function: Function, node: ast.expr) -> bool:
    """Whether tests hand over truth values or sets for a name, on which `^` works as meant."""
    if not isinstance(node, ast.Name):
        return False
    return any(isinstance(case.bindings(fact, function).get(node.id), bool | set) for fact in case.contrasts)

"""A beginner believes that assignments below each other happen at the same time.

A variable is overwritten and its old value needed in the line below.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import names_in, same
from gradatim.tools.analysis.sign import Sign

TELLS = ("sequential-swap",)


def detect(case: Examination) -> Iterator[Sign]:
    """`a = b` followed by `b = a`."""
    for node, _ in case.places:
        if not isinstance(node, ast.Assign):
            continue
        after = case.program.next_of(node)
        match node, after:
            case ast.Assign(targets=[a], value=b), ast.Assign(targets=[c], value=d):
                if same(a, d) and same(b, c) and not same(a, b) and isinstance(a, ast.Name | ast.Subscript):
                    first, second = case.program.line(node.lineno), case.program.line(after.lineno)
                    fact = f"Line {after.lineno}: `{second}` follows `{first}`, so both get the same value."
                    yield Sign(
                        "sequential-swap",
                        (node.lineno, after.lineno),
                        0.95,
                        fact,
                        f"It runs in {name_tests(case.failed_ids)}.",
                        case.failed_ids,
                    )
                elif _needs_old_value(a, b, c, d):
                    first, second = case.program.line(node.lineno), case.program.line(after.lineno)
                    fact = (
                        f"Line {after.lineno}: `{second}` uses {case.program.text(a)}, which `{first}` "
                        "has just replaced."
                    )
                    why = f"It runs in {name_tests(case.failed_ids)}."
                    yield Sign("sequential-swap", (node.lineno, after.lineno), 0.88, fact, why, case.failed_ids)
            case _:
                continue


def _needs_old_value(a: ast.expr, b: ast.expr, c: ast.expr, d: ast.expr) -> bool:
    """Whether `a = b` is followed by a new `b` computed from both, which are equal by then."""
    if not (isinstance(a, ast.Name) and isinstance(b, ast.Name) and isinstance(c, ast.Name)):
        return False
    return c.id == b.id and isinstance(d, ast.BinOp) and {a.id, b.id} <= names_in(d)

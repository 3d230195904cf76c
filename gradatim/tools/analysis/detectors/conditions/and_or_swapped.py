"""A beginner translates the `and` or `or` of a spoken sentence word by word.

A condition between limits that no value, or every value, fulfils.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import same
from gradatim.tools.analysis.patterns.limits import limit_of, number_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("and-or-swapped",)
Limit = tuple[str, object]
"""A comparison's operator (`<`, `<=`, `>`, `>=`, `==`, `!=`) and the constant on its right."""


def detect(case: Examination) -> Iterator[Sign]:
    """A condition that no value, or every value, fulfils."""
    for node, _ in case.places:
        match node:
            case ast.BoolOp(op=op, values=[ast.Compare() as first, ast.Compare() as second]):
                pass
            case _:
                continue
        one, two = limit_of(first), limit_of(second)
        if one is None or two is None or not same(one[0], two[0]):
            continue
        text = case.program.text(node)
        if isinstance(op, ast.And) and _never(one[1:], two[1:]):
            fact = f"Line {node.lineno}: no value can fulfil `{text}`."
        elif isinstance(op, ast.Or) and _always(one[1:], two[1:]):
            fact = f"Line {node.lineno}: every value fulfils `{text}`."
        else:
            continue
        yield Sign(
            "and-or-swapped", (node.lineno,), 0.94, fact, f"It runs in {name_tests(case.failed_ids)}.", case.failed_ids
        )


def _never(one: Limit, two: Limit) -> bool:
    (op1, a), (op2, b) = one, two
    if op1 == op2 == "==":
        return a != b
    low, high = number_of(a), number_of(b)
    if low is None or high is None:
        return False
    if op1 in (">", ">=") and op2 in ("<", "<="):
        (op1, low), (op2, high) = (op2, high), (op1, low)
    # x < low and x > high
    return op1 in ("<", "<=") and op2 in (">", ">=") and (low < high or (low == high and (op1, op2) != ("<=", ">=")))


def _always(one: Limit, two: Limit) -> bool:
    (op1, a), (op2, b) = one, two
    if op1 == op2 == "!=":
        return a != b
    first, second = number_of(a), number_of(b)
    if first is None or second is None:
        return False
    if op1 in ("<", "<=") and op2 in (">", ">="):
        (op1, first), (op2, second) = (op2, second), (op1, first)
    # x > first or x < second
    return op1 in (">", ">=") and op2 in ("<", "<=") and first < second

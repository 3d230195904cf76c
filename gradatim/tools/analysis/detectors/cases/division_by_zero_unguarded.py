"""A beginner does not think of a divisor that is zero.

A ZeroDivisionError, and nothing that rules it out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("division-by-zero-unguarded",)


def detect(case: Examination) -> Iterator[Sign]:
    """A division by something that can be zero."""
    for line, found in case.raised_at("ZeroDivisionError").items():
        tests = tuple(test for item in found for test in item.tests)
        divisors = [
            node.right
            for node in case.nodes_at(line)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
        ]
        if not divisors:
            continue
        home = case.function_at(line)
        counted = {
            node.target.id
            for node in (home.nodes if home is not None else case.program.top)
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name)
        }
        if names_in(divisors[0]) & counted:
            continue  # a loop that begins at 0 is told of elsewhere
        fact = (
            f"Line {line}: `{case.program.line(line)}` divides by `{case.program.text(divisors[0])}`, "
            "also when that is 0."
        )
        yield Sign(
            "division-by-zero-unguarded", (line,), 0.88, fact, f"ZeroDivisionError in {name_tests(tests)}.", tests
        )

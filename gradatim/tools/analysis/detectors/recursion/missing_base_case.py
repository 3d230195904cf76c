"""A beginner believes that recursion stops by itself.

A RecursionError in a function that calls itself on every way through.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.recursion import base_cases_of, depth_tests, escapes, recursive_functions
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("missing-base-case",)


def _conditional(function: Function) -> bool:
    return any(
        isinstance(node, ast.If | ast.IfExp | ast.BoolOp | ast.While | ast.For | ast.Match | ast.Try)
        for node in function.nodes
    )


def detect(case: Examination) -> Iterator[Sign]:
    """A function that calls itself on every way through."""
    for function, calls in recursive_functions(case):
        tests = depth_tests(case, function)
        if tests and not _conditional(function):
            line = calls[0].lineno
            fact = (
                f"Line {line}: every call of {function.name} reaches `{case.program.text(calls[0])}`; "
                "no condition stands before it."
            )
            yield Sign(
                "missing-base-case", (line, function.line), 0.96, fact, f"RecursionError in {name_tests(tests)}.", tests
            )
        elif tests and not base_cases_of(function) and not escapes(function):
            line = calls[0].lineno
            fact = f"Line {line}: no branch of {function.name} returns without calling {function.name} again."
            yield Sign(
                "missing-base-case", (line, function.line), 0.85, fact, f"RecursionError in {name_tests(tests)}.", tests
            )

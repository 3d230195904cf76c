"""A beginner believes that a function goes on behind its return.

Work stands behind a return in the same block, so that it is never done.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.results import ran_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("code-after-return",)


def detect(case: Examination) -> Iterator[Sign]:
    """Work that stands behind a return and can never be done."""
    for function in case.functions:
        for item in function.returns:
            after = case.program.next_of(item)
            if after is not None:
                yield from _dead_part(case, function, item, after)


def _dead_part(case: Examination, function: Function, here: ast.Return, after: ast.stmt) -> Iterator[Sign]:
    if isinstance(after, ast.Return | ast.Pass | ast.Break | ast.Continue | ast.FunctionDef):
        return
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
        return
    tests = ran_tests(case, function, here.lineno)
    if tests:
        text = case.program.line(after.lineno)
        fact = f"Line {after.lineno}: `{text}` stands behind the return of line {here.lineno} and never runs."
        why = f"The return was reached in {name_tests(tests)}."
        yield Sign("code-after-return", (after.lineno, here.lineno), 0.85, fact, why, tests)

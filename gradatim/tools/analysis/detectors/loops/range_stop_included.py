"""A beginner believes that a range goes up to and including its second number.

The last round is missing from the results of a loop over `range(1, n)`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import names_in, range_arguments
from gradatim.tools.analysis.rounds import behind, holding, subscripts, too_small
from gradatim.tools.analysis.sign import Sign

TELLS = ("range-stop-included",)


def _uses_remainder_by(loop: ast.For, name: str) -> bool:
    """Whether a loop tests divisibility by its variable, where stopping before n is right."""
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and name in names_in(node.right)
        for part in loop.body
        for node in ast.walk(part)
    )


def detect(case: Examination) -> Iterator[Sign]:
    """`range(1, n)` where the last round, for n, is missing."""
    for loop, function in case.loops:
        arguments = range_arguments(loop)
        if arguments is None or len(arguments) != 2 or not isinstance(loop, ast.For):
            continue
        stop = arguments[1]
        if not isinstance(stop, ast.Name | ast.Constant) or not isinstance(loop.target, ast.Name):
            continue
        facts = case.wrong_of(function)
        tests = holding(facts, [too_small(case, fact) for fact in facts])
        if _uses_remainder_by(loop, loop.target.id) and not (tests and len(tests) == len(facts)):
            continue
        text = case.program.text(loop.iter)
        fact = f"Line {loop.lineno}: `{text}` ends before {case.program.text(stop)}."
        if tests:
            why = f"The result lacks exactly the last round in {name_tests(tests)}."
            yield Sign("range-stop-included", (loop.lineno,), 0.9, fact, why, tests)
        elif behind(case, loop, function) and not subscripts(loop, loop.target.id):
            why = f"The result is too small in {name_tests([item.test for item in facts])}."
            yield Sign("range-stop-included", (loop.lineno,), 0.68, fact, why, tuple(item.test for item in facts))

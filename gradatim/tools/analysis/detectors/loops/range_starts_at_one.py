"""A beginner believes that `range(n)` counts from 1.

A loop over `range(n)` uses 0 as a factor, a divisor or a first item.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, is_number
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import length_of, names_in, range_arguments
from gradatim.tools.analysis.rounds import holding, subscripts
from gradatim.tools.analysis.sign import Sign

TELLS = ("range-starts-at-one",)


def detect(case: Examination) -> Iterator[Sign]:
    """`range(n)` used as if it counted from 1 to n."""
    for loop, function in case.loops:
        arguments = range_arguments(loop)
        if arguments is None or len(arguments) != 1 or not isinstance(loop, ast.For):
            continue
        if not isinstance(loop.target, ast.Name) or length_of(arguments[0]) is not None:
            continue
        index, line = loop.target.id, loop.lineno
        fact = f"Line {line}: `{case.program.text(loop.iter)}` counts from 0, so `{index}` is 0 in the first round."
        zero = [item for item in case.raised("ZeroDivisionError") if _divides_by(case, item.line, index)]
        if zero:
            tests = tuple(test for item in zero for test in item.tests)
            yield Sign("range-starts-at-one", (line,), 0.93, fact, f"ZeroDivisionError in {name_tests(tests)}.", tests)
            continue
        facts = case.wrong_of(function)
        multiplied = any(
            (isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Mult) and index in names_in(node.value))
            or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult) and index in names_in(node))
            for part in loop.body
            for node in ast.walk(part)
        )
        held = [
            (multiplied and item.actual == 0 and is_number(item.actual) and item.expected != 0)
            or _all_one_less(item)
            or (item.difference is not None and item.difference in item.numbers_in and item.difference > 1)
            for item in facts
        ]
        tests = holding(facts, held)
        if tests and not subscripts(loop, index):
            yield Sign(
                "range-starts-at-one",
                (line,),
                0.9,
                fact,
                f"The values are those of counting from 0 in {name_tests(tests)}.",
                tests,
            )


def _all_one_less(fact: Contrast) -> bool:
    """Whether every number that came is one less than the one wanted."""
    pieces = fact.pieces
    if pieces is None or len(pieces[0]) != len(pieces[1]) or not pieces[0]:
        return False
    try:
        return all(float(str(wanted)) - float(str(got)) == 1 for wanted, got in zip(*pieces, strict=True))
    except ValueError:
        return False


def _divides_by(case: Examination, line: int, index: str) -> bool:
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Mod | ast.Div | ast.FloorDiv)
        and index in names_in(node.right)
        for node in case.nodes_at(line)
    )

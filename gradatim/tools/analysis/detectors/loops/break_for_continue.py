"""A beginner believes that `break` skips one item.

The result ends at the first item for which a break is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("continue-is-break",)


def detect(case: Examination) -> Iterator[Sign]:
    """A break where one item should be skipped: the result ends at the first such item."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For):
            continue
        for part in loop.body[:-1]:
            match part:
                case ast.If(body=[ast.Break() as jump], orelse=[]):
                    pass
                case _:
                    continue
            tests = tuple(
                fact.test
                for fact in case.wrong_of(function)
                if _cut_off(fact) and case.ran_in(fact.test, jump.lineno) is not False
            )
            if tests and len(tests) == len(case.wrong_of(function)):
                fact = (
                    f"Line {jump.lineno}: `break` ends the loop of line {loop.lineno} at the first item "
                    f"for which line {part.lineno} holds."
                )
                why = f"What comes after that item is missing in {name_tests(tests)}."
                yield Sign("continue-is-break", (jump.lineno, part.lineno), 0.9, fact, why, tests)


def _cut_off(fact: Contrast) -> bool:
    """Whether a shorter beginning of the wanted items came."""
    pieces = fact.pieces
    return (
        pieces is not None and len(pieces[1]) < len(pieces[0]) and list(pieces[0])[: len(pieces[1])] == list(pieces[1])
    )

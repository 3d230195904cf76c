"""A beginner confuses the quotient with the remainder.

Quotient and remainder come exchanged, or a recursion goes on with the digit cut off.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, same
from gradatim.tools.analysis.patterns.divisions import divisions_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("modulo-as-division",)


def detect(case: Examination) -> Iterator[Sign]:
    """`%` and `//` exchanged: the results are swapped, or a recursion goes on with the wrong part."""
    for function in [None, *case.functions]:
        facts = case.wrong_of(function)
        rests = divisions_in(case, function, ast.Mod)
        wholes = divisions_in(case, function, ast.FloorDiv)
        for rest in rests:
            whole = next((node for node in wholes if _same_operands(rest, node)), None)
            if not isinstance(rest, ast.BinOp) or whole is None or not facts:
                continue
            tests = tuple(fact.test for fact in facts if _swapped(fact))
            into_itself = function is not None and called_name(case.program.parent(rest)) == function.name
            if (tests and len(tests) == len(facts)) or into_itself:
                lines = tuple(dict.fromkeys((rest.lineno, cast(ast.expr, whole).lineno)))
                fact = (
                    f"Line {rest.lineno}: `{case.program.text(rest)}` gives the rest of a division, "
                    f"`{case.program.text(whole)}` its whole part."
                )
                held = tests or tuple(item.test for item in facts)
                why = f"Each stands where the other is needed, judged by {name_tests(held)}."
                yield Sign("modulo-as-division", lines, 0.9 if tests else 0.85, fact, why, held)
                return


def _same_operands(one: ast.AST, two: ast.AST) -> bool:
    if not isinstance(one, ast.BinOp) or not isinstance(two, ast.BinOp):
        return False
    return same(one.left, two.left) and same(one.right, two.right)


def _swapped(fact: Contrast) -> bool:
    """Whether the right two numbers came in each other's place."""
    pieces = fact.pieces
    if pieces is None or len(pieces[0]) != len(pieces[1]):
        return False
    differing = [(a, b) for a, b in zip(*pieces, strict=True) if a != b]
    return len(differing) == 2 and differing[0] == differing[1][::-1]

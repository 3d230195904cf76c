"""A beginner believes that `x ** 1/2` is x to the power one half.

The power 1 is divided by a number, without brackets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("fraction-exponent-without-brackets",)


def detect(case: Examination) -> Iterator[Sign]:
    """`x ** 1/2` without brackets around the fraction."""
    for node, _ in case.places:
        match node:
            case ast.BinOp(
                left=ast.BinOp(op=ast.Pow(), right=ast.Constant(value=1)) as power,
                op=ast.Div(),
                right=ast.Constant(value=int() as under),
            ) if under > 1 and power.col_offset == node.col_offset:
                said = "applies ** before /, so the power is 1 and its result is divided."
                yield of_line(case, "fraction-exponent-without-brackets", node.lineno, 0.96, said)
            case _:
                continue

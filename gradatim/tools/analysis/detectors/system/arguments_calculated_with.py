"""A beginner believes that numbers on the command line reach the program as numbers.

An item of `sys.argv` stands in a calculation without a conversion.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.libraries import library_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("arguments-arrive-as-numbers",)


def detect(case: Examination) -> Iterator[Sign]:
    """An argument of the command line in arithmetic with a number, or with another argument."""
    for node, function in case.places:
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add | ast.Sub | ast.Mult | ast.Div):
            continue
        sides = [value_behind(case, function, side) for side in (node.left, node.right)]
        arguments = [_argument(case, side) for side in sides]
        numbers = [constant_number(side) is not None for side in sides]
        if all(arguments) or (any(arguments) and any(numbers)):
            said = "calculates with an item of `sys.argv`, which is text."
            yield of_line(case, "arguments-arrive-as-numbers", node.lineno, 0.92, said)


def _argument(case: Examination, node: ast.expr) -> bool:
    return isinstance(node, ast.Subscript) and library_name(case.program, node.value, "sys") == "argv"

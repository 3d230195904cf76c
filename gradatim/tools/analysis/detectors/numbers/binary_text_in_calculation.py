"""A beginner believes that `bin` or `hex` makes a number that can be calculated with.

Their result, which is text, stands in a calculation with a number.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, constant_number
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("binary-text-is-number",)

_MAKERS = frozenset(["bin", "oct", "hex"])
_BITS = ast.BitAnd | ast.BitOr | ast.BitXor | ast.LShift | ast.RShift | ast.Sub | ast.Div | ast.FloorDiv | ast.Mod


def detect(case: Examination) -> Iterator[Sign]:
    """Text from `bin`, `oct` or `hex` as an operand of arithmetic."""
    for node, function in case.places:
        if not isinstance(node, ast.BinOp):
            continue
        left, right = (called_name(value_behind(case, function, side)) in _MAKERS for side in (node.left, node.right))
        number = any(constant_number(side) is not None for side in (node.left, node.right))
        wrong = isinstance(node.op, _BITS) or (isinstance(node.op, ast.Add) and (number or (left and right)))
        if wrong and (left or right):
            said = "calculates with what `bin`, `oct` or `hex` gave, which is text."
            yield of_line(case, "binary-text-is-number", node.lineno, 0.92, said)

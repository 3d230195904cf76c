"""A beginner writes commas into numbers, as on paper.

Two numbers with a comma and no space between them stand where one number is used further.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("comma-in-number",)

_WRITTEN = re.compile(r"\d{1,3}(,\d{3})+|\d+,\d+")


def detect(case: Examination) -> Iterator[Sign]:
    """`2,5` or `1,000` as the value of a name that is calculated with, or `000` as an argument."""
    for node, function in case.places:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple() as value):
                written = case.program.text(value)
                if _WRITTEN.fullmatch(written) and _calculated_with(case, function, name):
                    said = "makes a tuple: a comma separates values."
                    yield of_line(case, "comma-in-number", node.lineno, 0.92, said)
            case ast.Constant(value=0) if case.program.text(node) == "000":
                said = "has a comma between digits, which separates two values."
                yield of_line(case, "comma-in-number", node.lineno, 0.93, said)
            case _:
                continue


def _calculated_with(case: Examination, function: Function | None, name: str) -> bool:
    for node, home in case.places:
        if home is not function and function is not None:
            continue
        match node:
            case ast.BinOp(left=left, right=right):
                sides = [left, right]
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
            case ast.AugAssign(value=value):
                sides = [value]
            case _:
                continue
        if any(isinstance(side, ast.Name) and side.id == name for side in sides):
            return True
    return False

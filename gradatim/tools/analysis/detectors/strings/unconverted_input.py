"""A beginner believes that `input` gives a number when a number is typed.

Typed numbers come out joined or repeated where their sum or product was wanted.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.inputs import raw_inputs
from gradatim.tools.analysis.sign import Sign

TELLS = ("input-is-number",)
_CALCULATION = ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv | ast.Mod | ast.Pow


def detect(case: Examination) -> Iterator[Sign]:
    """Inputs put together as texts where their sum was wanted."""
    facts = [item for item in case.wrong if item.output]
    if not facts:
        return
    for node, function in case.places:
        raw = raw_inputs(case, function)
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, _CALCULATION):
            continue
        if isinstance(node.left, ast.Name) and node.left.id in raw:
            other = node.right
        elif isinstance(node.right, ast.Name) and node.right.id in raw:
            other = node.left
        else:
            continue
        digits = (isinstance(other, ast.Name) and other.id in raw) or isinstance(other, ast.Constant)
        if not digits or (isinstance(other, ast.Constant) and isinstance(other.value, str)):
            continue
        glued = [item.test for item in facts if _glued(str(item.expected), str(item.actual))]
        if glued and 2 * len(glued) >= len(facts):
            fact = (
                f"Line {node.lineno}: `{case.program.text(node)}` works on texts, since nothing "
                "converts what input() gave."
            )
            yield Sign(
                "input-is-number",
                (node.lineno,),
                0.94,
                fact,
                f"Digits are put side by side in {name_tests(glued)}.",
                tuple(glued),
            )


def _glued(expected: str, actual: str) -> bool:
    wanted, got = re.findall(r"-?\d+", expected), re.findall(r"-?\d+", actual)
    return bool(wanted) and bool(got) and wanted[-1] != got[-1] and len(got[-1]) >= len(wanted[-1])

"""A beginner takes `=+` for another way to write `+=`.

An assignment gives a name a value with a sign of its own, written against the equals sign.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("augmented-operator-reversed",)


def detect(case: Examination) -> Iterator[Sign]:
    """`=+` written for `+=`."""
    for node, _ in case.places:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.UnaryOp(op=ast.UAdd() | ast.USub() as op, operand=operand)
            ):
                pass
            case _:
                continue
        text = case.program.line(node.lineno)
        sign = "+" if isinstance(op, ast.UAdd) else "-"
        # A plus sign before a value does nothing: it is always meant for the assignment.
        pointless = sign == "+" and bool(case.program.loops_around(node))
        if f"={sign} " in text or (sign == "+" and "=+" in text) or pointless:
            fact = (
                f"Line {node.lineno}: `{text}` sets {name} to {sign}{case.program.text(operand)} anew and adds nothing."
            )
            yield Sign(
                "augmented-operator-reversed",
                (node.lineno,),
                0.93,
                fact,
                f"It runs in {name_tests(case.failed_ids)}.",
                case.failed_ids,
            )

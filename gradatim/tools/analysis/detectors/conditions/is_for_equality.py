"""A beginner believes that `is` asks whether two values are equal.

`is` stands beside a number, a text or a list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.sign import Sign

TELLS = ("is-for-equality",)


def detect(case: Examination) -> Iterator[Sign]:
    """`is` with a literal, or between values whose equality is meant."""
    for node in case.program.nodes:
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if not isinstance(op, ast.Is | ast.IsNot):
                continue
            fresh = [side for side in (left, right) if _is_literal(side)]
            if fresh:
                fact = f"Line {node.lineno}: `{case.program.text(node)}` asks with `is` whether two values are equal."
                yield Sign(
                    "is-for-equality",
                    (node.lineno,),
                    0.9,
                    fact,
                    "With a literal, identity says nothing reliable.",
                    anywhere=not case.failed_ids,
                )


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            return not isinstance(value, bool)
        case ast.List() | ast.Tuple() | ast.Dict() | ast.Set():
            return True
        case _:
            return False

"""A beginner confuses `==`, which asks whether two values are equal, with `=`, which gives a name a value.

A comparison stands on a line of its own, so that nothing happens.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("assignment-for-comparison",)


def detect(case: Examination) -> Iterator[Sign]:
    """`x == y` on a line of its own, where x could be given a value."""
    for node, _ in case.places:
        match node:
            case ast.Expr(
                value=ast.Compare(left=ast.Name() | ast.Attribute() | ast.Subscript() as left, ops=[ast.Eq()])
            ):
                pass
            case _:
                continue
        line = node.lineno
        fact = (
            f"Line {line}: `{case.program.line(line)}` asks whether both sides are equal, and nothing uses the answer; "
            f"`{case.program.text(left)}` stays as it is."
        )
        why = f"It runs in {name_tests(case.failed_ids)}."
        yield Sign("assignment-for-comparison", (line,), 0.92, fact, why, case.failed_ids)

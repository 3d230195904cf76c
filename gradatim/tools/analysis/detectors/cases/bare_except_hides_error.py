"""A beginner believes that catching every exception solves the problem.

A handler for everything is run in a failing test and only hands out a default or nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("bare-except-hides-error",)


def detect(case: Examination) -> Iterator[Sign]:
    """A handler for everything that does nothing, or hands out a default."""
    for node, _ in case.places:
        if not isinstance(node, ast.ExceptHandler):
            continue
        everything = node.type is None or (
            isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
        )
        quiet = all(isinstance(part, ast.Pass | ast.Return | ast.Assign | ast.Continue) for part in node.body)
        ran = [test for test in case.failed_ids if case.ran_in(test, node.body[0].lineno)]
        if everything and quiet and ran and node.body[0].lineno > node.lineno:
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` catches whatever goes wrong and tells nothing."
            )
            yield Sign(
                "bare-except-hides-error", (node.lineno,), 0.88, fact, f"It is used in {name_tests(ran)}.", tuple(ran)
            )

"""A beginner believes that `print` has a value, or that a function which prints has.

The value of a print, or of a function that only prints, is used.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.results import prints_of
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "function-prints-so-returns",
    "print-returns-value",
)


def detect(case: Examination) -> Iterator[Sign]:
    """The value of a call of `print` used as if it were what is printed."""
    for node, _ in case.places:
        value = getattr(node, "value", None)
        if isinstance(node, ast.Return | ast.Assign) and called_name(value) == "print":
            fact = (
                f"Line {node.lineno}: in `{case.program.line(node.lineno)}` the value of print is used, which is None."
            )
            yield Sign(
                "print-returns-value",
                (node.lineno,),
                0.94,
                fact,
                f"It runs in {name_tests(case.failed_ids)}.",
                case.failed_ids,
            )
    for node, _ in case.places:
        inner = node.args[0] if isinstance(node, ast.Call) and called_name(node) == "print" and node.args else None
        called = case.program.function(called_name(inner) or "")
        if not isinstance(node, ast.Call) or called is None or called.returns_value or not prints_of(called):
            continue
        strayed = [
            item.test
            for item in case.wrong
            if item.output and "None" in str(item.actual).split() and "None" not in str(item.expected).split()
        ]
        if strayed:
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` prints what {called.name} "
                "returns, and it returns nothing."
            )
            yield Sign(
                "function-prints-so-returns",
                (node.lineno, called.line),
                0.9,
                fact,
                f"A stray None is printed in {name_tests(strayed)}.",
                tuple(strayed),
            )

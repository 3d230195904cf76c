"""A beginner believes that a returned value shows up by itself.

Nothing is printed, and the value of a call is dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.results import prints_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("return-instead-of-print",)


def detect(case: Examination) -> Iterator[Sign]:
    """A program that computes a value in a function, calls it and shows nothing."""
    silent = tuple(item.test for item in case.wrong if item.output and not str(item.actual).strip())
    if not silent:
        return
    for node in case.program.top:
        called = case.program.function(called_name(node.value) or "") if isinstance(node, ast.Expr) else None
        if called is not None and called.returns_value and not prints_of(called):
            line = getattr(node, "lineno", 1)
            fact = (
                f"Line {line}: `{case.program.line(line)}` calls {called.name} and does nothing with "
                "the value it returns."
            )
            yield Sign(
                "return-instead-of-print", (line,), 0.92, fact, f"Nothing is printed in {name_tests(silent)}.", silent
            )

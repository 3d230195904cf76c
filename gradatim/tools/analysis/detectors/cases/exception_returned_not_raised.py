"""A beginner believes that making or returning an exception raises it.

A test wants an exception, and one is made and handed out or dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.exceptions import is_exception, not_raised
from gradatim.tools.analysis.sign import Sign

TELLS = ("exception-returned-not-raised",)


def detect(case: Examination) -> Iterator[Sign]:
    """An exception made and returned, or made and dropped."""
    tests = not_raised(case)
    for node, _ in case.places if tests else ():
        value = node.value if isinstance(node, ast.Return | ast.Expr) else None
        name = called_name(value) or (value.id if isinstance(value, ast.Name) else None)
        if isinstance(node, ast.Return | ast.Expr) and is_exception(name):
            fact = f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes an exception and does not raise it."
            why = f"No exception comes in {name_tests(tests)}."
            yield Sign("exception-returned-not-raised", (node.lineno,), 0.95, fact, why, tests)

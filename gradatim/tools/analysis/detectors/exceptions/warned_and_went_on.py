"""A beginner believes that `warnings.warn` ends the function like `raise`.

A test that wants an exception got a warning and a result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.exceptions import not_raised
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("warning-stops-the-function",)


def detect(case: Examination) -> Iterator[Sign]:
    """A warning as the last step of a branch, where an exception is wanted."""
    missing = not_raised(case)
    for node, _ in case.places:
        if not isinstance(node, ast.Expr) or library_call(case.program, node.value, "warnings") != "warn":
            continue
        tests = [test for test in missing if case.ran_in(test, node.lineno) is not False]
        if tests and isinstance(case.program.parent(node), ast.If) and case.program.next_of(node) is None:
            said = "only reports a warning; the lines below the branch run as usual."
            found = of_line(case, "warning-stops-the-function", node.lineno, 0.94, said)
            yield replace(found, tests=tuple(tests), why=f"An exception is wanted in {name_tests(tests)}.")

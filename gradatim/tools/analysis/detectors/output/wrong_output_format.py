"""A beginner believes that only the values of an output count.

Expected and printed output agree but for blanks, capitals and punctuation.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.outputs import same_but_format
from gradatim.tools.analysis.sign import Sign

TELLS = ("wrong-output-format",)


def detect(case: Examination) -> Iterator[Sign]:
    """Right values, other spaces, letters or punctuation."""
    tests = tuple(
        item.test for item in case.wrong if item.output and same_but_format(str(item.expected), str(item.actual))
    )
    if not tests or 2 * len(tests) < len(case.failing):
        return
    prints = [node for node in case.program.nodes if isinstance(node, ast.Call) and called_name(node) == "print"]
    for node in sorted(prints, key=lambda item: item.lineno)[-1:]:
        fact = f"Line {node.lineno}: `{case.program.line(node.lineno)}` prints the answer."
        why = f"Only spaces, capitals or punctuation differ in {name_tests(tests)}."
        yield Sign("wrong-output-format", (node.lineno,), 0.88, fact, why, tests)

"""A beginner believes that a slice includes the position at its end.

The last item is missing from a returned slice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("slice-end-included",)


def detect(case: Examination) -> Iterator[Sign]:
    """A slice whose end is taken for its last item."""
    for node, function in case.places:
        if function is None or not isinstance(node, ast.Subscript) or not isinstance(node.slice, ast.Slice):
            continue
        if node.slice.upper is None or node.slice.step is not None:
            continue
        if not any(item.value is node for item in function.returns):
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        tests = tuple(fact.test for fact in facts if fact.last_missing)
        if tests and 3 * len(tests) >= 2 * len(facts):
            fact = (
                f"Line {node.lineno}: `{case.program.text(node)}` ends before position "
                f"{case.program.text(node.slice.upper)}."
            )
            yield Sign(
                "slice-end-included",
                (node.lineno,),
                0.92,
                fact,
                f"The last item is missing in {name_tests(tests)}.",
                tests,
            )

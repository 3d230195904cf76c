"""A beginner believes that a loop ends by itself when its work is done.

Time runs out in a while loop whose body changes nothing of its condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.whiles import can_leave, changed_names, condition_names, endless_loops
from gradatim.tools.analysis.sign import Sign

TELLS = ("missing-loop-update",)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop whose body changes nothing that its condition depends on."""
    for loop, tests in endless_loops(case):
        names = condition_names(loop)
        if not names or any(isinstance(n, ast.Call) and not _is_len(n) for n in ast.walk(loop.test)):
            continue
        if names & changed_names(loop).keys():
            continue
        text = case.program.text(loop.test)
        listed = " or ".join(f"`{name}`" for name in sorted(names))
        fact = f"Line {loop.lineno}: nothing in the loop changes {listed} of the condition `{text}`."
        confidence = 0.7 if can_leave(loop) else 0.96
        yield Sign(
            "missing-loop-update", (loop.lineno,), confidence, fact, f"Time ran out in {name_tests(tests)}.", tests
        )


def _is_len(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "len"

"""A beginner believes that each of two nested loops keeps a variable of its own, whatever its name.

An inner for loop takes the variable of the outer one, which is read in the outer loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes
from gradatim.tools.analysis.sign import Sign

TELLS = ("nested-loop-same-variable",)


def detect(case: Examination) -> Iterator[Sign]:
    """Two nested for loops that share one variable."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        for node in body_nodes(loop.body):
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == loop.target.id:
                used = any(
                    isinstance(item, ast.Name) and item.id == loop.target.id and isinstance(item.ctx, ast.Load)
                    for item in body_nodes(loop.body)
                )
                tests = tuple(item.test for item in case.wrong_of(function)) or case.failed_ids
                if tests and used:
                    fact = (
                        f"Line {node.lineno}: the inner loop uses `{loop.target.id}`, the variable of "
                        f"the loop of line {loop.lineno}, as well."
                    )
                    yield Sign(
                        "nested-loop-same-variable",
                        (node.lineno, loop.lineno),
                        0.88,
                        fact,
                        f"The result is wrong in {name_tests(tests)}.",
                        tests,
                    )

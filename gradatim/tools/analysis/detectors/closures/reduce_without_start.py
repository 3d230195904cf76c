"""A beginner believes that `reduce` begins with 0 or an empty result.

It is called without a starting value and fails in its first step or for nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("reduce-starts-with-zero",)


def detect(case: Examination) -> Iterator[Sign]:
    """`reduce` with two arguments where a TypeError is raised."""
    for node, _ in case.places:
        if library_call(case.program, node, "functools") != "reduce" or not isinstance(node, ast.Call):
            continue
        if len(node.args) != 2 or node.keywords:
            continue
        last = node.end_lineno or node.lineno
        empty = case.raised("TypeError", r"reduce\(\) of empty")
        found = [item for item in empty if node.lineno <= item.line <= last] or [
            item
            for item in case.raised("TypeError", r"unsupported operand|can only concatenate|must be str|has no len")
            if isinstance(node.args[0], ast.Lambda) and node.lineno <= item.line <= last
        ]
        if found:
            said = "gives `reduce` no starting value, so the first item is the first result."
            yield of_errors(case, "reduce-starts-with-zero", node.lineno, 0.93, said, found)

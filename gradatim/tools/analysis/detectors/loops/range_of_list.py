"""A beginner believes that `range` takes the things to go through, or that a number can be gone through.

A TypeError from a loop over `range(items)` or over a number.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import range_arguments
from gradatim.tools.analysis.sign import Sign

TELLS = ("range-of-list",)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop over `range(items)`, or over a number without range."""
    pattern = r"^'(list|tuple|str|dict|set)' object cannot be interpreted as an integer|^'(int)' object is not iterable"
    for line, found in case.raised_at("TypeError", pattern).items():
        loop = next((node for node in case.nodes_at(line) if isinstance(node, ast.For)), None)
        if loop is None:
            continue
        tests = tuple(test for item in found for test in item.tests)
        over_range = range_arguments(loop) is not None
        if over_range == (found[0].match.group(2) is None):
            text = case.program.text(loop.iter)
            fact = (
                f"Line {line}: `{text}` gives range something that is not a number."
                if over_range
                else f"Line {line}: the loop goes over `{text}`, which is a number and not a range."
            )
            yield Sign("range-of-list", (line,), 0.94, fact, f"TypeError in {name_tests(tests)}.", tests)

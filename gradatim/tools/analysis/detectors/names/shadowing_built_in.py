"""A beginner uses the name of a built-in function for a variable and expects both to live on.

A TypeError says that a value cannot be called, and the program assigns that built-in's name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import BUILT_IN_NAMES
from gradatim.tools.analysis.sign import Sign

TELLS = ("shadowing-built-in",)


def detect(case: Examination) -> Iterator[Sign]:
    """A built-in function hidden behind a variable and then called."""
    for line, found in case.raised_at("TypeError", r"'(\w+)' object is not callable").items():
        home = case.function_at(line)
        called = {
            node.func.id
            for node in case.nodes_at(line)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        hidden = {name for name in called & BUILT_IN_NAMES if name in case.program.names_visible_in(home)}
        for name in sorted(hidden):
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {line}: `{name}` is called as a function, and the program uses `{name}` as a variable."
            yield Sign("shadowing-built-in", (line,), 0.95, fact, f"TypeError in {name_tests(tests)}.", tests)

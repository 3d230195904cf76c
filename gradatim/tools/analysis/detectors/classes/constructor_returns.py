"""A beginner believes that a constructor has to hand out its object or a value.

A TypeError from a return with a value in `__init__`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("constructor-returns",)


def detect(case: Examination) -> Iterator[Sign]:
    """A value returned from `__init__`."""
    errors = case.raised("TypeError", r"__init__\(\) should return None")
    for item in case.program.functions if errors else ():
        if item.name == "__init__" and item.returns_value:
            line = item.returns[0].lineno
            tests = tuple(test for error in errors for test in error.tests)
            fact = f"Line {line}: `{case.program.line(line)}` returns a value from __init__."
            yield Sign("constructor-returns", (line,), 0.96, fact, f"TypeError in {name_tests(tests)}.", tests)

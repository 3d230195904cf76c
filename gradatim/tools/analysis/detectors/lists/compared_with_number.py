"""A beginner believes that comparing a list compares its items.

A TypeError from comparing a list with a number.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("list-compared-with-number",)


def detect(case: Examination) -> Iterator[Sign]:
    """A whole list compared with a number."""
    pattern = (
        r"not supported between instances of '(?:list|tuple)' and '(?:int|float)'|"
        r"not supported between instances of '(?:int|float)' and '(?:list|tuple)'"
    )
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` compares a whole list or tuple with a number."
        yield Sign("list-compared-with-number", (line,), 0.92, fact, f"TypeError in {name_tests(tests)}.", tests)

"""A beginner believes that the items of a set, or the keys of a dictionary, have positions.

A TypeError from a subscript of one.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("set-indexable",)


def detect(case: Examination) -> Iterator[Sign]:
    """A position asked of a set or of a dictionary's keys."""
    pattern = r"'(set|frozenset|dict_keys|dict_values|dict_items)' object is not subscriptable"
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` takes an item by position from something that has none."
        yield Sign("set-indexable", (line,), 0.95, fact, f"TypeError in {name_tests(tests)}.", tests)

"""A beginner believes that anything can be a key.

A TypeError says that a list, dictionary or set cannot be one.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("list-as-dictionary-key",)


def detect(case: Examination) -> Iterator[Sign]:
    """A list as a dictionary's key or in a set."""
    for line, found in case.raised_at("TypeError", r"unhashable type: '(list|dict|set)'").items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` uses a {found[0].name} as a key or as an item of a set."
        yield Sign("list-as-dictionary-key", (line,), 0.94, fact, f"TypeError in {name_tests(tests)}.", tests)

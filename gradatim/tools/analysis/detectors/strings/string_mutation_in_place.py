"""A beginner believes that a character of a text, or an item of a tuple, can be assigned.

A TypeError says that the value does not support item assignment.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "string-mutation-in-place",
    "tuple-is-mutable",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A character of a text assigned."""
    for kind, name in (("str", "string-mutation-in-place"), ("tuple", "tuple-is-mutable")):
        pattern = rf"^'{kind}' object does(?:n't| not) support item (?:assignment|deletion)"
        for line, found in case.raised_at("TypeError", pattern).items():
            tests = tuple(test for item in found for test in item.tests)
            what = "a text" if kind == "str" else "a tuple"
            fact = f"Line {line}: `{case.program.line(line)}` changes a part of {what} in place."
            yield Sign(name, (line,), 0.96, fact, f"TypeError in {name_tests(tests)}.", tests)

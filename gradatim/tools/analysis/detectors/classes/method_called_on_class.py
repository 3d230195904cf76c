"""A beginner does not tell a class from an object of it.

A TypeError for a missing `self` from a call on the class.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("method-called-on-class",)


def detect(case: Examination) -> Iterator[Sign]:
    """A method called on the class, without an object."""
    for line, found in case.raised_at("TypeError", r"(\w+)\(\) missing 1 required positional argument: 'self'").items():
        tests = tuple(test for item in found for test in item.tests)
        fact = f"Line {line}: `{case.program.line(line)}` calls a method on the class and not on an object."
        yield Sign("method-called-on-class", (line,), 0.93, fact, f"TypeError in {name_tests(tests)}.", tests)

"""A beginner believes that a constructor is found under any similar name.

A class is called with arguments that it does not take, and has a method such as `init`.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.classes import constructor_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("init-misspelled",)
_MISSPELLED = frozenset(
    [
        "_init_",
        "__int__",
        "init",
        "__init",
        "_init",
        "__init_",
        "__ini__",
        "__inti__",
        "_init__",
        "__Init__",
        "__INIT__",
    ]
)


def detect(case: Examination) -> Iterator[Sign]:
    """A constructor under a name that Python does not look for."""
    for item in case.program.functions:
        if item.owner is None or item.name not in _MISSPELLED or constructor_of(case, item.owner) is not None:
            continue
        errors = case.raised(
            "TypeError AttributeError",
            rf"{item.owner}\(\) takes no arguments|'{item.owner}' object has no attribute|takes exactly one argument",
        )
        tests = tuple(test for error in errors for test in error.tests)
        if errors:
            fact = (
                f"Line {item.line}: the method is called `{item.name}`; Python calls only `__init__` "
                "when an object is made."
            )
            yield Sign(
                "init-misspelled",
                (item.line,),
                0.96,
                fact,
                f"{errors[0].fact.type} in {name_tests(tests)}.",
                tests,
                anywhere=True,
            )

"""A beginner takes a number in quotes for the number.

A text comes whose content is the number wanted, or the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.contrast import is_number
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("string-number-confusion",)


def detect(case: Examination) -> Iterator[Sign]:
    """A number in quotes handed out for the number, or the other way round."""
    for function in case.functions:
        facts = [fact for fact in case.wrong if fact.function == function.name]
        text_came = [
            f.test for f in facts if is_number(f.expected) and isinstance(f.actual, str) and f.actual == str(f.expected)
        ]
        number_came = [
            f.test for f in facts if is_number(f.actual) and isinstance(f.expected, str) and f.expected == str(f.actual)
        ]
        for tests, what in (
            (text_came, "a text of digits came for a number"),
            (number_came, "a number came for a text of digits"),
        ):
            returns = [item for item in function.returns if item.value is not None]
            if tests and 3 * len(tests) >= 2 * len(facts) and returns:
                line = returns[-1].lineno
                fact = f"Line {line}: {function.name} hands out its result with `{case.program.line(line)}`."
                yield Sign(
                    "string-number-confusion",
                    (line,),
                    0.85,
                    fact,
                    f"{what[0].upper()}{what[1:]} in {name_tests(tests)}.",
                    tuple(tests),
                )

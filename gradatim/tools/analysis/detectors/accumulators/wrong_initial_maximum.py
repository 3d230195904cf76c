"""A beginner believes that 0 is a safe start for every record.

The start itself, which is no item, comes out as the largest or smallest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import is_number
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.accumulators import starts
from gradatim.tools.analysis.patterns.records import record_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("wrong-initial-maximum",)


def detect(case: Examination) -> Iterator[Sign]:
    """A record that starts at a constant no item has to beat."""
    for function, name, start, statement in starts(case):
        number = constant_number(start)
        if number is None or function is None:
            continue
        record = record_of(function, name)
        if record is None:
            continue
        test, larger = record
        facts = [fact for fact in case.wrong_of(function) if fact.function == function.name and fact.actual == number]
        beyond = [fact for fact in facts if _all_beyond(fact.sequences_in, number, larger)]
        others = case.wrong_of(function)
        if not facts or (
            len(beyond) < len(facts) and not any(_all_beyond(f.sequences_in, number, larger) for f in others)
        ):
            continue
        tests = tuple(fact.test for fact in facts)
        line = statement.lineno
        what = "largest" if larger else "smallest"
        fact = (
            f"Line {line}: `{case.program.line(line)}` starts the search of line {test.lineno} for the "
            f"{what} at a fixed {number}."
        )
        yield Sign(
            "wrong-initial-maximum",
            (line, test.lineno),
            0.94,
            fact,
            f"That start is the result in {name_tests(tests)}.",
            tests,
        )


def _all_beyond(sequences: tuple[object, ...], number: float, larger: bool) -> bool:
    """Whether all numbers of a sequence lie on the side that never beats the start."""
    for found in sequences:
        values = cast("list[object]", found)
        if values and not isinstance(values, str) and all(is_number(value) for value in values):
            numbers = [cast(float, value) for value in values]
            if all(value <= number for value in numbers) if larger else all(value >= number for value in numbers):
                return True
    return False

"""Misconceptions about searching for the largest or smallest item."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import is_number
from gradatim.tools.analysis.detectors.accumulators import starts
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    constant_number,
)
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign


def wrong_initial_maximum(case: Examination) -> Iterator[Sign]:
    """A record that starts at a constant no item has to beat."""
    for function, name, start, statement in starts(case):
        number = constant_number(start)
        if number is None or function is None:
            continue
        record = _record(function, name)
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


def _record(function: Function, name: str) -> tuple[ast.If, bool] | None:
    """The `if x > record: record = x` of a name, and whether it looks for the largest."""
    for node in function.nodes:
        match node:
            case ast.If(test=ast.Compare(left=left, ops=[op], comparators=[right])):
                pass
            case _:
                continue
        if not any(
            isinstance(s, ast.Assign) and isinstance(t := s.targets[0], ast.Name) and t.id == name for s in node.body
        ):
            continue
        up = isinstance(op, ast.Gt | ast.GtE)
        if not up and not isinstance(op, ast.Lt | ast.LtE):
            continue
        if isinstance(right, ast.Name) and right.id == name:
            return node, up
        if isinstance(left, ast.Name) and left.id == name:
            return node, not up
    return None


def _all_beyond(sequences: tuple[object, ...], number: float, larger: bool) -> bool:
    """Whether all numbers of a sequence lie on the side that never beats the start."""
    for found in sequences:
        values = cast("list[object]", found)
        if values and not isinstance(values, str) and all(is_number(value) for value in values):
            numbers = [cast(float, value) for value in values]
            if all(value <= number for value in numbers) if larger else all(value >= number for value in numbers):
                return True
    return False


def comparison_direction_of_record(case: Examination) -> Iterator[Sign]:
    """The smallest found where the largest was wanted, by the comparison's direction."""
    for function in case.functions:
        facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
        swapped = [fact.test for fact in facts if _other_extreme(fact.expected, fact.actual, fact.sequences_in)]
        if not swapped or len(swapped) < len(facts):
            continue
        for node in function.nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    record = _record(function, name)
                case _:
                    continue
            if record is not None:
                line = record[0].lineno
                fact = f"Line {line}: `{case.program.text(record[0].test)}` decides which item is kept."
                yield Sign(
                    "comparison-direction-reversed",
                    (line,),
                    0.94,
                    fact,
                    f"The opposite extreme comes out in {name_tests(swapped)}.",
                    tuple(swapped),
                )
                break


def _other_extreme(expected: object, actual: object, sequences: tuple[object, ...]) -> bool:
    for found in sequences:
        values = cast("list[object]", found)
        if not values or isinstance(values, str) or not all(is_number(value) for value in values):
            continue
        numbers = [cast(float, value) for value in values]
        if expected != actual and [expected, actual] in ([max(numbers), min(numbers)], [min(numbers), max(numbers)]):
            return True
    return False

"""A beginner does not think of input that holds nothing.

Exactly the tests with empty input fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("empty-input-forgotten",)
_EMPTY_ERRORS = (
    "IndexError ZeroDivisionError ValueError UnboundLocalError StopIteration TypeError StatisticsError AttributeError"
)
"""What the first item, the last item, a mean or a maximum of nothing raises."""


def detect(case: Examination) -> Iterator[Sign]:
    """Exactly the tests with an empty input fail."""
    for function in case.functions:
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        failed = [fact for fact in facts if not fact.passed]
        empty = [fact for fact in failed if fact.empty_input]
        full = [fact for fact in facts if not fact.empty_input]
        if not empty:
            continue
        tests = tuple(fact.test for fact in empty)
        raised = case.raised(_EMPTY_ERRORS)
        elsewhere = {item.line for item in raised if item.test not in tests}
        errors = [item for item in raised if item.test in tests and item.line not in elsewhere]
        only = len(empty) == len(failed) and any(fact.passed for fact in full)
        if errors and errors[0].line:
            line = errors[0].line
            fact = f"Line {line}: `{case.program.line(line)}` cannot be done for an empty input."
            confidence = 0.94 if only else 0.8
            yield Sign(
                "empty-input-forgotten",
                (line,),
                confidence,
                fact,
                f"{errors[0].fact.type} in {name_tests(tests)}, with an empty input.",
                tests,
            )
        elif only and len(full) >= 2 and not _settled(case, function, tests):
            line = _answer_line(case, function, tests)
            fact = f"Line {function.line}: {function.name} has a result for an empty input that is not the one wanted."
            yield Sign(
                "empty-input-forgotten",
                (line,),
                0.8,
                fact,
                f"Only tests with an empty input fail: {name_tests(tests)}.",
                tests,
            )


def _answer_line(case: Examination, function: Function, tests: tuple[str, ...]) -> int:
    """Where a function's answer in some tests comes from: a return that ran, or its last statement."""
    for item in function.returns:
        if any(case.ran_in(test, item.lineno) for test in tests):
            return item.lineno
    return function.node.body[-1].lineno


def _settled(case: Examination, function: Function, tests: tuple[str, ...]) -> bool:
    """Whether a case of its own at the top of a function decides exactly these tests: thought of, and wrong."""
    match function.body[:1]:
        case [ast.If(body=[ast.Return() as answer])]:
            others = [test for test in case.coverage or () if test not in tests]
            return all(case.ran_in(test, answer.lineno) for test in tests) and not any(
                case.ran_in(test, answer.lineno) for test in others
            )
        case _:
            return False

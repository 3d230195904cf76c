"""A beginner believes that only valid input comes.

A test wants an exception, the function raises none, and every other test passes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.exceptions import is_exception, not_raised
from gradatim.tools.analysis.sign import Sign

TELLS = ("guard-missing",)


def detect(case: Examination) -> Iterator[Sign]:
    """An input that has to be refused, and a function that refuses none."""
    tests = not_raised(case)
    if not tests or any(isinstance(node, ast.Raise) for node in case.program.nodes):
        return
    if any(is_exception(called_name(node)) for node in case.program.nodes):
        return
    for function in case.functions:
        others = [fact for fact in case.contrasts if fact.test not in tests and not fact.passed]
        if any(fact.function == function.name for fact in case.contrasts if fact.test in tests) and not others:
            line = function.body[0].lineno
            fact = f"Line {function.line}: {function.name} raises no exception for any input."
            why = f"One is wanted in {name_tests(tests)}; every other test passes."
            yield Sign("guard-missing", (line, function.line), 0.88, fact, why, tests)

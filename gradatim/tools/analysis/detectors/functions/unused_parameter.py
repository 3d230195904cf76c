"""A beginner does not see that a function works on what it is handed.

The function under test never reads one of its parameters.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("unused-parameter",)


def detect(case: Examination) -> Iterator[Sign]:
    """A parameter that the function under test never looks at."""
    started = {fact.function for fact in case.contrasts}
    for function in case.functions:
        if function.owner is not None or function.trivial or function.name not in started:
            continue
        facts = case.wrong_of(function)
        if not facts:
            continue
        passing = case.right_of(function)
        inner = {node.id for node in ast.walk(function.node) if isinstance(node, ast.Name)}
        for name in function.parameters:
            if name not in inner and (not passing or _only_for_one(case, function, name)):
                tests = tuple(fact.test for fact in facts)
                fact = f"Line {function.line}: {function.name} never uses its parameter `{name}`."
                yield Sign(
                    "unused-parameter",
                    (function.line,),
                    0.75,
                    fact,
                    f"Failing: {name_tests(tests)}; those that pass, if any, hand over one value for it.",
                    tests,
                )


def _only_for_one(case: Examination, function: Function, name: str) -> bool:
    """Whether tests pass for one value of a parameter only, and fail only for others."""
    right = [repr(case.bindings(fact, function).get(name)) for fact in case.right_of(function)]
    wrong = [repr(case.bindings(fact, function).get(name)) for fact in case.wrong_of(function)]
    return len(set(right)) == 1 and right[0] not in wrong and right[0] != "None"

"""A beginner writes down the answers of the shown tests and takes that for a solution.

A function compares its input with the tests' inputs, or returns one constant whatever comes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import UNKNOWN
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("hard-coded-answer",)


def detect(case: Examination) -> Iterator[Sign]:
    """A function that gives fixed answers and looks at its input only to tell the shown tests apart."""
    for function in case.functions:
        if function.owner is not None or not function.parameters or function.trivial:
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        right = [fact for fact in case.right if fact.function == function.name]
        values = [item.value for item in function.returns]
        if not values or not facts or not all(isinstance(v, ast.Constant) and v.value is not None for v in values):
            continue
        if any(isinstance(node, ast.For | ast.While | ast.Call) for node in function.nodes):
            continue
        used = {node.id for node in function.nodes if isinstance(node, ast.Name)} & set(function.parameters)
        tests = tuple(fact.test for fact in facts)
        line = function.returns[0].lineno
        if not used and len(values) == 1 and right:
            fact = (
                f"Line {line}: {function.name} always returns "
                f"{case.program.text(values[0] or function.node)} and uses no parameter."
            )
            yield Sign(
                "hard-coded-answer",
                (line,),
                0.93,
                fact,
                f"It is right in {name_tests([f.test for f in right])} and wrong in {name_tests(tests)}.",
                tests,
            )
            continue
        conditions = [node.test for node in function.nodes if isinstance(node, ast.If | ast.IfExp)]
        plain = [_tested_value(test, function) for test in conditions]
        given = [fact.arguments[0] for fact in right if fact.arguments]
        hits = [
            value
            for value in plain
            if value is not UNKNOWN and any(value == item and type(value) is type(item) for item in given)
        ]
        if len(conditions) >= 2 and all(value is not UNKNOWN for value in plain) and len(hits) >= 2:
            fact = (
                f"Line {line}: {function.name} compares its input with fixed values and returns a fixed "
                "answer for each."
            )
            yield Sign(
                "hard-coded-answer",
                (line, function.line),
                0.92,
                fact,
                f"Other inputs are wrong in {name_tests(tests)}.",
                tests,
            )


def _tested_value(test: ast.expr, function: Function) -> object:
    """The constant that a condition compares a parameter with for equality."""
    match test:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[value]) if name in function.parameters:
            try:
                return ast.literal_eval(value)
            except ValueError:
                return UNKNOWN
        case _:
            return UNKNOWN

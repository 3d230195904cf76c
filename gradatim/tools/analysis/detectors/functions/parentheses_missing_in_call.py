"""A beginner believes that a function's name alone calls it.

A function is named as a statement, compared, calculated with or returned without being called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import UNKNOWN
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("parentheses-missing-in-call",)


def detect(case: Examination) -> Iterator[Sign]:
    """A function named on a line of its own, or compared, without being called."""
    for node in case.program.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Name):
            called = case.program.function(node.value.id)
            if called is not None:
                fact = f"Line {node.lineno}: `{node.value.id}` names the function and does not call it."
                yield Sign(
                    "parentheses-missing-in-call",
                    (node.lineno,),
                    0.94,
                    fact,
                    f"Failing: {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                    anywhere=True,
                )
    for node, _ in case.places:
        if (
            not isinstance(node, ast.Name)
            or not isinstance(node.ctx, ast.Load)
            or case.program.function(node.id) is None
        ):
            continue
        above = case.program.parent(node)
        tested = isinstance(above, ast.BoolOp) or (isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not))
        if tested or (isinstance(above, ast.If | ast.While) and above.test is node) or isinstance(above, ast.Compare):
            fact = f"Line {node.lineno}: `{node.id}` names the function in a condition and does not call it."
            why = f"Failing: {name_tests(case.failed_ids)}."
            yield Sign("parentheses-missing-in-call", (node.lineno,), 0.92, fact, why, case.failed_ids)
    yield from _handed_out(case)
    pattern = r"'(?:function|builtin_function_or_method|method)'"
    for line, found in case.raised_at("TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        named = [
            node
            for node in case.nodes_at(line)
            if isinstance(node, ast.Name | ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and not (isinstance(above := case.program.parent(node), ast.Call) and above.func is node)
            and (isinstance(node, ast.Attribute) or case.program.function(node.id) is not None)
        ]
        if named:
            fact = f"Line {line}: `{case.program.text(named[0])}` names a function and does not call it."
            yield Sign("parentheses-missing-in-call", (line,), 0.93, fact, f"TypeError in {name_tests(tests)}.", tests)


def _handed_out(case: Examination) -> Iterator[Sign]:
    """A function returned where a plain value was wanted."""
    for function in case.functions:
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        odd = [
            fact.test for fact in facts if not fact.passed and fact.actual is UNKNOWN and fact.expected is not UNKNOWN
        ]
        ran = {item.test for item in case.failing if item.status == "failed"}
        tests = tuple(test for test in odd if test in ran)
        for item in function.returns:
            called = case.program.function(item.value.id) if isinstance(item.value, ast.Name) else None
            if called is not None and item.value is not None and called is not function and tests:
                fact = (
                    f"Line {item.lineno}: `{case.program.line(item.lineno)}` hands out the function and not its value."
                )
                why = f"A plain value was wanted in {name_tests(tests)}."
                yield Sign("parentheses-missing-in-call", (item.lineno,), 0.92, fact, why, tests)

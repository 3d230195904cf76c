"""A beginner believes that a base case is enough, whatever the recursive call is given.

A RecursionError, and a call with arguments that stay the same, move away or step over the base case.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.recursion import (
    base_cases_of,
    depth_tests,
    escapes,
    offset_of,
    recursive_functions,
)
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "base-case-unreachable",
    "recursion-not-approaching-base",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A recursive call with the same arguments, or with ones that move away."""
    for function, calls in recursive_functions(case):
        tests = depth_tests(case, function)
        bases = base_cases_of(function)
        if not tests or not (bases or escapes(function)):
            continue
        for call in calls:
            same_arguments = [
                isinstance(a, ast.Name) and a.id == p for a, p in zip(call.args, function.parameters, strict=False)
            ]
            changed = any(function.stores(name) for name in function.parameters)
            text = case.program.text(call)
            if same_arguments and all(same_arguments) and not changed and not call.keywords:
                fact = f"Line {call.lineno}: `{text}` passes on the arguments unchanged."
                yield Sign(
                    "recursion-not-approaching-base",
                    (call.lineno,),
                    0.95,
                    fact,
                    f"RecursionError in {name_tests(tests)}.",
                    tests,
                )
                break
            if bases and _moves_away(call, function, bases):
                fact = f"Line {call.lineno}: `{text}` moves away from the condition of line {bases[0].lineno}."
                yield Sign(
                    "recursion-not-approaching-base",
                    (call.lineno, bases[0].lineno),
                    0.9,
                    fact,
                    f"RecursionError in {name_tests(tests)}.",
                    tests,
                )
                break
            if bases and (step := _jump(call, function, bases[0])) is not None and len(calls) == 1:
                fact = (
                    f"Line {bases[0].lineno}: `{case.program.text(bases[0].test)}` tests one exact "
                    f"value, and `{text}` moves in steps of {step}."
                )
                yield Sign(
                    "base-case-unreachable",
                    (bases[0].lineno, call.lineno),
                    0.85,
                    fact,
                    f"RecursionError in {name_tests(tests)}.",
                    tests,
                )
                break


def _moves_away(call: ast.Call, function: Function, bases: list[ast.If]) -> bool:
    offset = offset_of(call, function)
    if offset is None or len(bases) != 1:
        return False
    name, step = offset
    match bases[0].test:
        case ast.Compare(left=ast.Name(id=tested), ops=[op], comparators=[limit]) if tested == name:
            number = constant_number(limit)
        case _:
            return False
    if number is None or number > 2:
        return False
    return step > 0 and isinstance(op, ast.Eq | ast.Lt | ast.LtE)


def _jump(call: ast.Call, function: Function, base: ast.If) -> float | None:
    offset = offset_of(call, function)
    if offset is None or abs(offset[1]) < 2:
        return None
    match base.test:
        case ast.Compare(left=ast.Name(id=tested), ops=[ast.Eq()], comparators=[limit]) if tested == offset[0]:
            return abs(offset[1]) if constant_number(limit) is not None else None
        case _:
            return None

"""A beginner takes the smallest case for unimportant.

Every result is off by what the base case gives, or the smallest input is not covered.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import UNKNOWN, items
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, constant_number
from gradatim.tools.analysis.patterns.recursion import base_cases_of, depth_tests, offset_of, recursive_functions
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("wrong-base-case",)


def detect(case: Examination) -> Iterator[Sign]:
    """A base case with a wrong value, or one that leaves out the smallest input."""
    for function, calls in recursive_functions(case):
        facts = [fact for fact in case.wrong if fact.function == function.name]
        for base in base_cases_of(function):
            returned = next((item for item in base.body if isinstance(item, ast.Return)), None)
            if (
                returned is None
                or returned.value is None
                or any(called_name(n) == function.name for n in ast.walk(returned.value))
            ):
                continue
            at_base = [fact for fact in facts if evaluate(base.test, case.bindings(fact, function)) is True]
            text = case.program.line(returned.lineno)
            multiplied = any(_multiplies(case, call) for call in calls)
            zero = constant_number(returned.value) == 0 and multiplied
            if at_base:
                tests = tuple(fact.test for fact in (facts if zero else at_base))
                fact = (
                    f"Line {returned.lineno}: `{text}` is the result for the inputs of "
                    f"`{case.program.text(base.test)}`."
                )
                yield Sign(
                    "wrong-base-case",
                    (returned.lineno, base.lineno),
                    0.93,
                    fact,
                    f"That result is wrong in {name_tests(tests)}.",
                    tests,
                )
                return
            if zero and facts and all(fact.actual == 0 for fact in facts):
                tests = tuple(fact.test for fact in facts)
                fact = f"Line {returned.lineno}: `{text}` ends a chain of multiplications with 0."
                yield Sign(
                    "wrong-base-case",
                    (returned.lineno, base.lineno),
                    0.94,
                    fact,
                    f"The result is 0 in {name_tests(tests)}.",
                    tests,
                )
                return
        yield from _input_below_base(case, function)
        yield from _too_few_bases(case, function, calls)


def _too_few_bases(case: Examination, function: Function, calls: list[ast.Call]) -> Iterator[Sign]:
    """Recursive calls that go down by 1 and 2, while only one exact value ends the recursion."""
    tests = depth_tests(case, function)
    bases = base_cases_of(function)
    steps = {offset for call in calls if (offset := offset_of(call, function)) is not None}
    deepest = max((-step for _, step in steps), default=0)
    if not tests or len(steps) < 2 or len(bases) != 1 or deepest < 2:
        return
    match bases[0].test:
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[limit]) if (
            constant_number(limit) is not None
        ):
            text = case.program.text(bases[0].test)
            fact = (
                f"Line {bases[0].lineno}: only `{text}` ends the recursion, and {name} goes down by up "
                f"to {deepest:g} a call."
            )
            why = f"RecursionError in {name_tests(tests)}."
            yield Sign("wrong-base-case", (bases[0].lineno, calls[0].lineno), 0.9, fact, why, tests)
        case _:
            return


def _input_below_base(case: Examination, function: Function) -> Iterator[Sign]:
    """A test whose input lies below every base case, while larger inputs pass."""
    bases = base_cases_of(function)
    deep = depth_tests(case, function) + tuple(item.test for item in case.raised("IndexError") if item.test)
    failed = [fact for fact in case.contrasts if not fact.passed and fact.function == function.name]
    passed = [fact for fact in case.right if fact.function == function.name]
    if not bases or not deep or not passed or len(failed) != len([f for f in failed if f.test in deep]):
        return
    if len(failed) > len(passed):
        return
    below = [fact for fact in failed if _smaller(fact.arguments, [item.arguments for item in passed])]
    if below and len(below) == len(failed):
        tests = tuple(fact.test for fact in below)
        base = bases[0]
        fact = f"Line {base.lineno}: `{case.program.text(base.test)}` is the smallest case that ends the recursion."
        yield Sign(
            "wrong-base-case", (base.lineno,), 0.9, fact, f"The input of {name_tests(tests)} is smaller still.", tests
        )


def _smaller(arguments: tuple[object, ...] | None, others: list[tuple[object, ...] | None]) -> bool:
    if not arguments:
        return False
    mine = _size(arguments[0])
    sizes = [_size(other[0]) for other in others if other]
    return mine is not None and bool(sizes) and all(size is not None and mine < size for size in sizes)


def _size(value: object) -> float | None:
    if value is UNKNOWN or isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    found = items(value)
    return None if found is None else len(found)


def _multiplies(case: Examination, call: ast.Call) -> bool:
    above = case.program.parent(call)
    return isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mult)

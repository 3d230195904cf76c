"""Misconceptions about what ends a recursion."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import UNKNOWN, items
from gradatim.tools.analysis.detectors.recursion import recursive_functions
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    called_name,
    constant_number,
    leaves,
)
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign


def _depth_tests(case: Examination, function: Function) -> tuple[str, ...]:
    """Tests that went too deep in a function (or ran out of time or memory in it)."""
    last = function.node.end_lineno or function.line
    deep = [
        item.test
        for item in case.raised("RecursionError")
        if any(function.line <= line <= last for line in (item.line, *item.fact.trace))
    ]
    return tuple(test for test in deep if test)


def _base_cases(function: Function) -> list[ast.If]:
    """Ifs that leave the function in a branch without a recursive call."""
    found: list[ast.If] = []
    for node in function.nodes:
        if isinstance(node, ast.If):
            for block in (node.body, node.orelse):
                inside = [item for part in block for item in ast.walk(part)]
                recursive = any(called_name(item) == function.name for item in inside)
                if block and leaves(block) and not recursive:
                    found.append(node)
                    break
    return found


def _conditional(function: Function) -> bool:
    return any(
        isinstance(node, ast.If | ast.IfExp | ast.BoolOp | ast.While | ast.For | ast.Match | ast.Try)
        for node in function.nodes
    )


def missing_base_case(case: Examination) -> Iterator[Sign]:
    """A function that calls itself on every way through."""
    for function, calls in recursive_functions(case):
        tests = _depth_tests(case, function)
        if tests and not _conditional(function):
            line = calls[0].lineno
            fact = (
                f"Line {line}: every call of {function.name} reaches `{case.program.text(calls[0])}`; "
                "no condition stands before it."
            )
            yield Sign(
                "missing-base-case", (line, function.line), 0.96, fact, f"RecursionError in {name_tests(tests)}.", tests
            )
        elif tests and not _base_cases(function) and not _escapes(function):
            line = calls[0].lineno
            fact = f"Line {line}: no branch of {function.name} returns without calling {function.name} again."
            yield Sign(
                "missing-base-case", (line, function.line), 0.85, fact, f"RecursionError in {name_tests(tests)}.", tests
            )


def _escapes(function: Function) -> bool:
    """Whether some way out of a function may do without a recursive call."""
    for node in function.nodes:
        if isinstance(node, ast.IfExp | ast.BoolOp | ast.Match | ast.Try | ast.While | ast.For):
            return True
        if (
            isinstance(node, ast.If)
            and not node.orelse
            and any(called_name(n) == function.name for part in node.body for n in ast.walk(part))
        ):
            return True
    return False


def recursion_not_approaching_base(case: Examination) -> Iterator[Sign]:
    """A recursive call with the same arguments, or with ones that move away."""
    for function, calls in recursive_functions(case):
        tests = _depth_tests(case, function)
        bases = _base_cases(function)
        if not tests or not (bases or _escapes(function)):
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


def _offset(call: ast.Call, function: Function) -> tuple[str, float] | None:
    """Parameter and step of a recursive call `f(n - 1)`."""
    for argument, name in zip(call.args, function.parameters, strict=False):
        match argument:
            case ast.BinOp(left=ast.Name(id=source), op=ast.Add() | ast.Sub() as op, right=right) if source == name:
                number = constant_number(right)
                if number:
                    return name, number if isinstance(op, ast.Add) else -number
            case _:
                continue
    return None


def _moves_away(call: ast.Call, function: Function, bases: list[ast.If]) -> bool:
    offset = _offset(call, function)
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
    offset = _offset(call, function)
    if offset is None or abs(offset[1]) < 2:
        return None
    match base.test:
        case ast.Compare(left=ast.Name(id=tested), ops=[ast.Eq()], comparators=[limit]) if tested == offset[0]:
            return abs(offset[1]) if constant_number(limit) is not None else None
        case _:
            return None


def wrong_base_case(case: Examination) -> Iterator[Sign]:
    """A base case with a wrong value, or one that leaves out the smallest input."""
    for function, calls in recursive_functions(case):
        facts = [fact for fact in case.wrong if fact.function == function.name]
        for base in _base_cases(function):
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
    tests = _depth_tests(case, function)
    bases = _base_cases(function)
    steps = {offset for call in calls if (offset := _offset(call, function)) is not None}
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
    bases = _base_cases(function)
    deep = _depth_tests(case, function) + tuple(item.test for item in case.raised("IndexError") if item.test)
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

"""Misconceptions about special inputs: empty, zero, one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

_EMPTY_ERRORS = (
    "IndexError ZeroDivisionError ValueError UnboundLocalError StopIteration TypeError StatisticsError AttributeError"
)
"""What the first item, the last item, a mean or a maximum of nothing raises."""


def empty_input_forgotten(case: Examination) -> Iterator[Sign]:
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
        elif only and len(full) >= 2:
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


def division_by_zero_unguarded(case: Examination) -> Iterator[Sign]:
    """A division by something that can be zero."""
    for line, found in case.raised_at("ZeroDivisionError").items():
        tests = tuple(test for item in found for test in item.tests)
        divisors = [
            node.right
            for node in case.nodes_at(line)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
        ]
        if not divisors:
            continue
        home = case.function_at(line)
        counted = {
            node.target.id
            for node in (home.nodes if home is not None else case.program.top)
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name)
        }
        if names_in(divisors[0]) & counted:
            continue  # a loop that begins at 0 is told of elsewhere
        fact = (
            f"Line {line}: `{case.program.line(line)}` divides by `{case.program.text(divisors[0])}`, "
            "also when that is 0."
        )
        yield Sign(
            "division-by-zero-unguarded", (line,), 0.88, fact, f"ZeroDivisionError in {name_tests(tests)}.", tests
        )


def prime_test_one_is_prime(case: Examination) -> Iterator[Sign]:
    """A prime test that takes 1 (or 0, or a negative number) for a prime."""
    for function in case.functions:
        divides = [n for n in function.nodes if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Mod)]
        small = [
            fact
            for fact in case.wrong
            if fact.function == function.name
            and fact.opposite
            and fact.actual is True
            and len(fact.arguments or ()) == 1
            and all(n <= 1 for n in fact.numbers_in)
            and fact.numbers_in
        ]
        others = [fact for fact in case.contrasts if fact.function == function.name and fact not in small]
        if (
            not divides
            or not small
            or not any(fact.passed for fact in others)
            or not any(isinstance(n, ast.For | ast.While) or any_call(n) for n in function.nodes)
        ):
            continue
        tests = tuple(fact.test for fact in small)
        only = all(fact.passed for fact in others)
        last = function.returns[-1].lineno if function.returns else function.line
        fact = f"Line {last}: `{case.program.line(last)}` is also reached for numbers below 2."
        yield Sign(
            "prime-test-one-is-prime",
            (last, function.line),
            0.94 if only else 0.85,
            fact,
            f"A number below 2 counts as a prime in {name_tests(tests)}.",
            tests,
        )


def any_call(node: ast.AST) -> bool:
    """Whether a node is a call of `all` or `any`, which may go over the divisors."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("all", "any")

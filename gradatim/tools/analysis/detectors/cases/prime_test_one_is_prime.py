"""A beginner does not think of numbers below 2.

A prime test says True for exactly the numbers below 2.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("prime-test-one-is-prime",)


def detect(case: Examination) -> Iterator[Sign]:
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

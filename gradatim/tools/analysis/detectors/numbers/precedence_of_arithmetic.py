"""A beginner believes that arithmetic is done from left to right.

With brackets around a sum the calculation gives every wanted result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import is_number
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("precedence-of-arithmetic",)


def detect(case: Examination) -> Iterator[Sign]:
    """`a + b / 2` for the average: checked by working out the bracketed form."""
    for function in case.functions:
        for node in function.nodes:
            match node:
                case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as outer, right=ast.BinOp() as right):
                    regrouped = _summed_first(left, outer, right)
                case _:
                    continue
            facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
            returned = any(item.value is node for item in function.returns)
            held = [
                fact.test
                for fact in facts
                if is_number(fact.expected) and evaluate(regrouped, case.bindings(fact, function)) == fact.expected
            ]
            if returned and facts and len(held) == len(facts):
                fact = f"Line {node.lineno}: in `{case.program.text(node)}` the right part is worked out first."
                yield Sign(
                    "precedence-of-arithmetic",
                    (node.lineno,),
                    0.94,
                    fact,
                    f"With brackets around the left part the value is right in {name_tests(held)}.",
                    tuple(held),
                )


def _summed_first(left: ast.expr, outer: ast.operator, right: ast.expr) -> ast.expr:
    """`a + b * c / d` as `(a + b) * c / d`."""
    match right:
        case ast.BinOp(left=inner, op=ast.Mult() | ast.Div() | ast.FloorDiv() as op, right=factor):
            return ast.BinOp(_summed_first(left, outer, inner), op, factor)
        case _:
            return ast.BinOp(left, outer, right)

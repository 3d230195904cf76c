"""A beginner believes that the expected value can be computed with the program's own formula.

An assertion repeats the expression that the function returns.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, same
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("expected-value-copied-from-program",)


def detect(case: Examination) -> Iterator[Sign]:
    """An assertion that compares a function with its own expression for the same values."""
    for node in case.program.nodes:
        match node:
            case ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])):
                pass
            case ast.Call(func=ast.Attribute(attr="assertEqual"), args=[left, right, *_]):
                pass
            case _:
                continue
        for call, value in ((left, right), (right, left)):
            function = case.program.function(called_name(call) or "")
            if function is None or not isinstance(call, ast.Call) or len(function.body) != 1:
                continue
            formula = function.returns[0].value if len(function.returns) == 1 else None
            if not isinstance(formula, ast.BinOp | ast.Call) or len(call.args) != len(function.parameters):
                continue
            if _repeats(formula, value, dict(zip(function.parameters, call.args, strict=True))):
                said = f"expects what the expression of `{function.name}` itself gives."
                line = case.program.statement_of(node)
                place = line.lineno if line is not None else function.line
                yield of_line(case, "expected-value-copied-from-program", place, 0.93, said, anywhere=True)


def _repeats(formula: ast.expr, value: ast.expr, given: dict[str, ast.expr]) -> bool:
    """Whether an expression is the formula with the arguments in the place of its parameters."""
    waiting = [(formula, value)]
    while waiting:
        one, two = waiting.pop()
        if isinstance(one, ast.Name) and one.id in given:
            if not same(given[one.id], two):
                return False
            continue
        match one, two:
            case ast.BinOp(left=a, op=first, right=b), ast.BinOp(left=c, op=second, right=d):
                if type(first) is not type(second):
                    return False
                waiting += [(a, c), (b, d)]
            case ast.Call(func=ast.Name(id=a), args=first, keywords=[]), ast.Call(
                func=ast.Name(id=b), args=second, keywords=[]
            ):
                if a != b or len(first) != len(second):
                    return False
                waiting += list(zip(first, second, strict=True))
            case _:
                if not same(one, two):
                    return False
    return True

"""A beginner believes that `x == 1 or 2` compares with both.

A literal stands alone on one side of `or` or `and`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("or-with-bare-literal",)
_TRUTH = (ast.If, ast.While, ast.IfExp, ast.Assert)


def detect(case: Examination) -> Iterator[Sign]:
    """`x == 1 or 2`: a literal that stands alone in a condition."""
    for node in case.program.nodes:
        match node:
            case ast.BoolOp(op=op, values=values) if any(isinstance(value, ast.Compare) for value in values):
                first = next(i for i, value in enumerate(values) if isinstance(value, ast.Compare))
                bare = [value for value in values[first + 1 :] if _is_bare(value)]
                used = isinstance(
                    case.program.parent(node), (*_TRUTH, ast.UnaryOp, ast.BoolOp, ast.Return, ast.comprehension)
                )
                if bare and used:
                    word = "or" if isinstance(op, ast.Or) else "and"
                    fact = (
                        f"Line {node.lineno}: in `{case.program.text(node)}` the value "
                        f"{case.program.text(bare[0])} after `{word}` is compared with nothing and "
                        f"always counts as {_truth(bare[0])}."
                    )
                    yield Sign("or-with-bare-literal", (node.lineno,), 0.94, fact, _runs(case), case.failed_ids)
            case ast.Compare(ops=[ast.Eq() | ast.NotEq()], comparators=[ast.BoolOp(values=values) as both]) if all(
                isinstance(v, ast.Constant) for v in values
            ):
                fact = (
                    f"Line {node.lineno}: `{case.program.text(both)}` is one single value before "
                    "anything is compared with it."
                )
                yield Sign("or-with-bare-literal", (node.lineno,), 0.94, fact, _runs(case), case.failed_ids)
            case _:
                continue


def _runs(case: Examination) -> str:
    return f"It fails {name_tests(case.failed_ids)}." if case.failed_ids else "The condition is always the same."


def _truth(node: ast.expr) -> str:
    return "true" if ast.literal_eval(node) else "false"


def _is_bare(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            return not isinstance(value, bool)
        case ast.List(elts=elts) | ast.Tuple(elts=elts):
            return all(isinstance(item, ast.Constant) for item in elts)
        case _:
            return False

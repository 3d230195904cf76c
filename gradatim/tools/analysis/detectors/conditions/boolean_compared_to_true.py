"""A beginner believes that a condition has to be compared with True to be asked.

A condition is compared with True or with a text, in a way that changes what it says.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("boolean-compared-to-true",)


def detect(case: Examination) -> Iterator[Sign]:
    """A condition compared with True, with the text "True", or chained into another comparison."""
    for node, function in case.places:
        if not isinstance(node, ast.Compare):
            continue
        text = case.program.text(node)
        for op, right in zip(node.ops, node.comparators, strict=True):
            if not isinstance(right, ast.Constant) or not isinstance(op, ast.Eq | ast.NotEq):
                continue
            if right.value in ("True", "False"):
                if not (_is_boolean(node.left) or _given_boolean(case, function, node.left)):
                    continue
                fact = f"Line {node.lineno}: `{text}` compares a truth value with a text."
                yield Sign(
                    "boolean-compared-to-true",
                    (node.lineno,),
                    0.92,
                    fact,
                    f"It is never equal; it runs in {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                )
            elif isinstance(right.value, bool) and len(node.ops) == 2:
                fact = (
                    f"Line {node.lineno}: `{text}` is a chain of two comparisons and does not compare "
                    "the first one's result."
                )
                yield Sign(
                    "boolean-compared-to-true",
                    (node.lineno,),
                    0.9,
                    fact,
                    f"It runs in {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                )


def _is_boolean(node: ast.expr) -> bool:
    """Whether an expression is a truth value, or a plain name or call that may be one."""
    match node:
        case (
            ast.Call(func=ast.Name(id="input" | "str")) | ast.Call(func=ast.Attribute(attr="strip" | "lower" | "upper"))
        ):
            return False
        case ast.Compare() | ast.BoolOp() | ast.Call():
            return True
        case ast.Name(id=name):
            return name.startswith(("is_", "has_", "found", "flag", "ok"))
        case _:
            return False


def _given_boolean(case: Examination, function: Function | None, node: ast.expr) -> bool:
    """Whether the tests hand over a truth value for a parameter."""
    if function is None or not isinstance(node, ast.Name):
        return False
    given = [case.bindings(fact, function).get(node.id) for fact in case.contrasts]
    return bool(given) and all(isinstance(value, bool) for value in given)

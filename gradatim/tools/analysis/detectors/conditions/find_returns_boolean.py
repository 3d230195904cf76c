"""A beginner believes that `find` says whether something was found.

The position that `find` gives is used as a condition.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("find-returns-boolean",)


def detect(case: Examination) -> Iterator[Sign]:
    """The position that `find` gives used as a truth value."""
    for node, _ in case.places:
        if not isinstance(node, ast.If | ast.While | ast.IfExp):
            continue
        inner = (
            node.test.operand if isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not) else node.test
        )
        match _asked(inner):
            case ast.Call(func=ast.Attribute(attr="find" | "index" as method)) as found if case.wrong:
                line = found.lineno
                fact = (
                    f"Line {line}: `{case.program.text(inner)}` gives a position, and the condition "
                    "takes it for true or false."
                )
                tests = tuple(item.test for item in case.wrong)
                if method == "find":
                    yield Sign(
                        "find-returns-boolean",
                        (line,),
                        0.92,
                        fact,
                        f"The result is wrong in {name_tests(tests)}.",
                        tests,
                    )
            case _:
                continue


def _asked(node: ast.expr) -> ast.expr:
    """What a condition asks, without a comparison with True or False."""
    match node:
        case ast.Compare(left=left, ops=[_], comparators=[ast.Constant(value=bool())]):
            return left
        case _:
            return node

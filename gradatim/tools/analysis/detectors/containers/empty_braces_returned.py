"""A beginner believes that `{}` is an empty set.

An empty dictionary comes where an empty set was wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("empty-braces-is-set",)


def detect(case: Examination) -> Iterator[Sign]:
    """`{}` handed out where an empty set was wanted."""
    for function in case.functions:
        tests = tuple(
            fact.test
            for fact in case.wrong
            if fact.function == function.name
            and isinstance(fact.expected, set)
            and fact.actual == {}
            and isinstance(fact.actual, dict)
        )
        for node in function.nodes:
            if tests and isinstance(node, ast.Dict) and not node.keys:
                fact = f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes an empty dictionary."
                yield Sign(
                    "empty-braces-is-set",
                    (node.lineno,),
                    0.9,
                    fact,
                    f"An empty set was wanted in {name_tests(tests)}.",
                    tests,
                )
                break

"""A beginner expects every call to give a usable value.

An AttributeError or TypeError on None, which a call without a result gave.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "missing-return",
    "none-attribute-access",
    "print-instead-of-return",
)


def detect(case: Examination) -> Iterator[Sign]:
    """Something asked of None."""
    pattern = (
        r"'NoneType' object has no attribute|'NoneType' object is not (?:subscriptable|iterable|callable)|"
        r"object of type 'NoneType' has no len|operand type.*'NoneType'|argument of type 'NoneType'"
    )
    for line, found in case.raised_at("AttributeError TypeError", pattern).items():
        tests = tuple(test for item in found for test in item.tests)
        text = case.program.line(line)
        why = f"{found[0].fact.type} in {name_tests(tests)}."
        if found[0].fact.type == "AttributeError":
            fact = f"Line {line}: in `{text}` something is asked of a value that is None."
            yield Sign("none-attribute-access", (line,), 0.8, fact, why, tests)
        home = case.function_at(line)
        for node in case.nodes_at(line):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            called = case.program.function(node.func.id)
            if called is None or called is home or called.returns_value or called.yields or called.trivial:
                continue
            printing = any(
                isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "print" for n in called.nodes
            )
            fact = f"Line {line}: `{text}` uses the value of {called.name}, which returns nothing."
            name = "print-instead-of-return" if printing else "missing-return"
            last = called.body[-1].lineno
            yield Sign(name, (last, line), 0.9, fact, why, tests)

"""A beginner believes that computing or printing a result hands it back to the caller.

A function gives None in every test and holds no return with a value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.results import none_tests, prints_of
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "in-place-versus-new-list",
    "missing-return",
    "print-instead-of-return",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A function without any `return value`: printed instead, or forgotten."""
    for function in case.functions:
        if function.returns_value or function.yields or function.trivial or function.owner is not None:
            continue
        nothing = none_tests(case, function)
        if not nothing or any(item.value is not None for item in function.returns):
            continue
        tests = tuple(item.test for item in nothing)
        prints = prints_of(function)
        if not prints:
            if _changes_argument(function):
                line = function.body[-1].lineno
                fact = f"Line {function.line}: {function.name} changes its argument and returns nothing."
                yield Sign("in-place-versus-new-list", (line,), 0.75, fact, f"None came in {name_tests(tests)}.", tests)
            last = function.body[-1]
            line = getattr(last, "end_lineno", None) or last.lineno
            fact = f"Line {function.line}: the function {function.name} has no return with a value."
            yield Sign("missing-return", (line, function.line), 0.92, fact, f"None came in {name_tests(tests)}.", tests)
            continue
        shown = [
            item.test
            for item in nothing
            if str(item.expected).strip() and str(item.expected).strip() in case.execution.outcome(item.test).stdout
        ]
        line = prints[-1].lineno
        fact = f"Line {line}: {function.name} prints with `{case.program.line(line)}` and has no return with a value."
        if shown:
            why = f"The value wanted was printed in {name_tests(shown)}, and None was returned."
            yield Sign("print-instead-of-return", (line,), 0.95, fact, why, tuple(shown))
        else:
            yield Sign("print-instead-of-return", (line,), 0.8, fact, f"None came in {name_tests(tests)}.", tests)


def _changes_argument(function: Function) -> bool:
    for node in function.nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort" | "reverse" | "append" | "remove")):
                if name in function.parameters:
                    return True
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()) if name in function.parameters:
                return True
            case _:
                continue
    return False

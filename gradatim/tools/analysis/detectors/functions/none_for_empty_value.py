"""A beginner takes None for the same as zero, False or something empty.

None is returned on purpose where a test wants a value that counts as false.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.results import none_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("none-is-false-or-zero",)


def detect(case: Examination) -> Iterator[Sign]:
    """None returned on purpose where zero, False or something empty was wanted."""
    yield from _other_nothing(case)
    for function in case.functions:
        wanted = [
            item
            for item in none_tests(case, function)
            if item.expected in (0, False, "") or item.expected in ([], (), {})
        ]
        for item in function.returns:
            start = _started_with_none(function, item.value)
            if start is not None and wanted:
                tests = tuple(fact.test for fact in wanted)
                fact = f"Line {start}: `{case.program.line(start)}` is what {function.name} returns if nothing follows."
                why = f"Zero, False or something empty was wanted in {name_tests(tests)}."
                yield Sign("none-is-false-or-zero", (start, item.lineno), 0.86, fact, why, tests)
            explicit = isinstance(item.value, ast.Constant) and item.value.value is None
            tests = tuple(fact.test for fact in wanted if case.ran_in(fact.test, item.lineno) is not False)
            if explicit and tests:
                fact = f"Line {item.lineno}: {function.name} returns None on purpose."
                why = f"Zero, False or something empty was wanted in {name_tests(tests)}."
                yield Sign("none-is-false-or-zero", (item.lineno,), 0.88, fact, why, tests)


def _started_with_none(function: Function, value: ast.expr | None) -> int | None:
    """Line on which a returned name gets None as its first value."""
    if not isinstance(value, ast.Name):
        return None
    for node in function.nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=None)) if value.id == name:
                return node.lineno
            case _:
                continue
    return None


def _other_nothing(case: Examination) -> Iterator[Sign]:
    """A zero, False or something empty returned as such where another of them, or None, was wanted."""
    for function in case.functions:
        mixed = [
            fact
            for fact in case.wrong_of(function)
            if fact.function == function.name
            and not fact.expected
            and not fact.actual
            and fact.actual is not None
            and type(fact.expected) is not type(fact.actual)
        ]
        for item in function.returns:
            plain = isinstance(item.value, ast.Constant | ast.List | ast.Dict | ast.Tuple)
            tests = tuple(fact.test for fact in mixed if case.ran_in(fact.test, item.lineno))
            if plain and tests:
                fact = f"Line {item.lineno}: `{case.program.line(item.lineno)}` stands for nothing in {function.name}."
                why = f"Another kind of nothing was wanted in {name_tests(tests)}."
                yield Sign("none-is-false-or-zero", (item.lineno,), 0.86, fact, why, tests)

"""A beginner does not tell adding one item from adding all items of a list.

A list comes nested in the result, or an item comes taken apart.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.lists import flat, taken_apart
from gradatim.tools.analysis.sign import Sign

TELLS = ("append-versus-extend",)


def detect(case: Examination) -> Iterator[Sign]:
    """A list put into a list as one item, or taken apart where it was one item."""
    for line, found in case.raised_at("TypeError", r"'(int|float|bool|NoneType)' object is not iterable").items():
        for node in case.nodes_at(line):
            joined = (
                method_called(node) is not None and cast("tuple[ast.expr, str]", method_called(node))[1] == "extend"
            )
            if joined:
                tests = tuple(test for item in found for test in item.tests)
                fact = f"Line {line}: `{case.program.line(line)}` extends a list by something that is one single value."
                yield Sign("append-versus-extend", (line,), 0.93, fact, f"TypeError in {name_tests(tests)}.", tests)
                break
    for node, function in case.places:
        call = method_called(node)
        if call is None or call[1] not in ("append", "extend") or function is None:
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        line = cast(ast.expr, node).lineno
        if call[1] == "append":
            tests = tuple(fact.test for fact in facts if _nested_for_flat(fact))
            what = "A list stands inside the result where its items were wanted"
        else:
            tests = tuple(fact.test for fact in facts if taken_apart(fact))
            what = "Single letters or items stand in the result where a whole was wanted"
        if tests and 3 * len(tests) >= 2 * len(facts):
            fact = f"Line {line}: `{case.program.line(line)}` adds with {call[1]}."
            yield Sign("append-versus-extend", (line,), 0.92, fact, f"{what} in {name_tests(tests)}.", tests)


def _nested_for_flat(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None:
        return False
    return wanted != got and any(isinstance(item, list | tuple) for item in got) and flat(got) == wanted

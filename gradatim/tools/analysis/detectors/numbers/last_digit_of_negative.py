"""A beginner believes that `n % 10` is the last digit of every whole number.

Tests with negative numbers fail by what the remainder is short of 10.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, passed_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("last-digit-of-negative",)


def detect(case: Examination) -> Iterator[Sign]:
    """`% 10` of a number that is negative in all tests that fail."""
    for node, function in case.places:
        match node:
            case ast.BinOp(left=ast.Name(id=name), op=ast.Mod(), right=ast.Constant(value=10)):
                pass
            case _:
                continue
        facts = own_facts(case, function)
        if function is None or not facts or not passed_facts(case, function):
            continue
        given = [case.bindings(fact, function).get(name) for fact in facts]
        passed = [case.bindings(fact, function).get(name) for fact in passed_facts(case, function)]
        if not all(isinstance(value, int) and value < 0 for value in given) or any(
            isinstance(value, int) and value % 10 and value < 0 for value in passed
        ):
            continue
        if all(_complement(fact) or isinstance(fact.expected, bool) for fact in facts):
            said = "takes the remainder by 10, which is never negative in Python."
            yield of_facts(case, "last-digit-of-negative", node.lineno, 0.92, said, "A negative number is given", facts)


def _complement(fact: Contrast) -> bool:
    if not isinstance(fact.expected, int) or not isinstance(fact.actual, int):
        return False
    return fact.actual == 10 - abs(fact.expected)

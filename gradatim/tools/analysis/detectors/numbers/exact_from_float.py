"""A beginner believes that wrapping a float in `Decimal` or `Fraction` makes it exact.

An exact number is made from a float that is not exact itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_facts, of_line
from gradatim.tools.analysis.patterns.values import own_facts, value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("decimal-from-float",)


def detect(case: Examination) -> Iterator[Sign]:
    """`Decimal(0.1)`, or the same of a float that a test hands over."""
    for node, function in case.places:
        name = library_call(case.program, node, "decimal") or library_call(case.program, node, "fractions")
        if name not in ("Decimal", "Fraction") or not isinstance(node, ast.Call) or len(node.args) != 1:
            continue
        value = value_behind(case, function, node.args[0])
        said = f"makes a {name} from a float, with all the digits that the float has."
        if any(isinstance(part, ast.Constant) and _inexact(part.value) for part in _calculation(value)):
            yield of_line(case, "decimal-from-float", node.lineno, 0.92, said)
        elif isinstance(value, ast.Name) and function is not None:
            facts = own_facts(case, function) or tuple(fact for fact in case.contrasts if not fact.passed)
            given = [case.bindings(fact, function).get(value.id) for fact in facts]
            if facts and all(_inexact(item) for item in given):
                seen = "A float that is no exact binary fraction is given"
                yield of_facts(case, "decimal-from-float", node.lineno, 0.9, said, seen, facts)


def _calculation(node: ast.expr) -> Iterator[ast.expr]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, ast.BinOp):
            waiting += [part.left, part.right]


def _inexact(value: object) -> bool:
    return isinstance(value, float) and value * 2**20 % 1 != 0

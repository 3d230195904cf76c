"""A beginner believes that `int` takes a number to the nearest whole one.

The result is what cutting off gives where rounding was wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("int-truncation-is-rounding",)


def detect(case: Examination) -> Iterator[Sign]:
    """`int` of a fraction whose part behind the point would have rounded up."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Name(id="int"), args=[value], keywords=[]):
                pass
            case _:
                continue
        facts = own_facts(case, function)
        if function is None or not facts or not all(_cut_off(case, function, value, fact) for fact in facts):
            continue
        said = "uses `int`, which drops what stands behind the decimal point."
        seen = "The result is the number cut off, where the nearest one is wanted"
        yield of_facts(case, "int-truncation-is-rounding", node.lineno, 0.9, said, seen, facts)


def _cut_off(case: Examination, function: Function, value: ast.expr, fact: Contrast) -> bool:
    number = evaluate(value, case.bindings(fact, function))
    if not isinstance(number, float) or not abs(number) < 1e15:
        return False
    rounded = int(number + 0.5) if number >= 0 else -int(-number + 0.5)
    return fact.actual == int(number) and fact.expected == rounded and isinstance(fact.expected, int)

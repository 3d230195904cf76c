"""A beginner believes that the functions of the math module take angles in degrees.

A sine or the like of a number far beyond a full circle in radians.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_facts, of_line
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("angle-in-degrees",)

_FUNCTIONS = frozenset(["sin", "cos", "tan"])
_CIRCLE = 6.3


def detect(case: Examination) -> Iterator[Sign]:
    """`math.sin` of a number of degrees."""
    for node, function in case.places:
        name = library_call(case.program, node, "math")
        if name not in _FUNCTIONS or not isinstance(node, ast.Call) or len(node.args) != 1:
            continue
        angle = node.args[0]
        said = f"hands `math.{name}` a plain number, which it takes as radians."
        if (value := constant_number(angle)) is not None:
            if abs(value) >= 10 and value % 5 == 0:
                yield of_line(case, "angle-in-degrees", node.lineno, 0.92, said)
        elif isinstance(angle, ast.Name) and function is not None:
            facts = own_facts(case, function)
            given = [case.bindings(fact, function).get(angle.id) for fact in facts]
            if facts and all(isinstance(value, int | float) and abs(value) > _CIRCLE for value in given):
                seen = "The angle is far larger than a full circle in radians"
                yield of_facts(case, "angle-in-degrees", node.lineno, 0.92, said, seen, facts)

"""A beginner believes that `a + b` may add b into a and return a.

A method for an operator changes its own object and returns it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("operator-changes-operand",)

_OPERATORS = frozenset(["__add__", "__sub__", "__mul__", "__truediv__", "__and__", "__or__", "__neg__", "__mod__"])


def detect(case: Examination) -> Iterator[Sign]:
    """An operator's method that assigns to `self` and returns it."""
    for function in case.program.functions:
        if function.name not in _OPERATORS or function.owner is None:
            continue
        itself = any(isinstance(item.value, ast.Name) and item.value.id == "self" for item in function.returns)
        for node in function.nodes:
            match node:
                case ast.Attribute(value=ast.Name(id="self"), ctx=ast.Store()) if itself:
                    said = "changes the left operand, which an operator should leave as it is."
                    yield of_line(case, "operator-changes-operand", node.lineno, 0.94, said, anywhere=True)
                    break
                case _:
                    continue

"""A beginner believes that `except ValueError or TypeError` catches both types.

The types are joined by `or`, which gives the first of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("or-between-exception-types",)


def detect(case: Examination) -> Iterator[Sign]:
    """`or` or `and` between the types of a clause."""
    for node, _ in case.places:
        if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.BoolOp):
            which = "first" if isinstance(node.type.op, ast.Or) else "last"
            said = f"catches only the {which} of the types."
            line = node.lineno
            yield replace(of_line(case, "or-between-exception-types", line, 0.97, said), anywhere=True)

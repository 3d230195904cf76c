"""A beginner believes that the attribute `seconds` gives the whole length of a difference.

It is read from a difference of two times, and whole days are missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("seconds-attribute-is-total",)


def detect(case: Examination) -> Iterator[Sign]:
    """`(end - start).seconds` without the days."""
    if "datetime" not in case.program.source and "datetime" not in case.task.setup:
        return
    for node, function in case.places:
        match node:
            case ast.Attribute(value=value, attr="seconds", ctx=ast.Load()):
                difference = value_behind(case, function, value)
            case _:
                continue
        nodes = function.nodes if function is not None else case.program.top
        with_days = any(isinstance(item, ast.Attribute) and item.attr == "days" for item in nodes)
        if isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub) and not with_days:
            said = "reads `seconds`, which leaves out whole days."
            yield of_line(case, "seconds-attribute-is-total", node.lineno, 0.92, said)

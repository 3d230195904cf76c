"""A beginner believes that a return with a value hands out one more item of a generator.

A generator returns a value that is then not among its items.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("return-delivers-item-in-generator",)


def detect(case: Examination) -> Iterator[Sign]:
    """A return with a value in a generator that no `yield from` looks at."""
    delegated = {called_name(node.value) for node in case.program.nodes if isinstance(node, ast.YieldFrom)}
    for function in case.functions:
        if not function.yields or function.name in delegated:
            continue
        for node in function.returns:
            match node.value:
                case None | ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Constant(value=None | bool()):
                    continue
                case _:
                    said = "ends the generator; the value behind return is none of its items."
                    yield of_line(case, "return-delivers-item-in-generator", node.lineno, 0.9, said)

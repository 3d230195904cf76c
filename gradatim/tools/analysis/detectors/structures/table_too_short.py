"""A beginner believes that a table for the cases up to n needs n places.

Position n of a table with n places is asked for.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in, range_arguments
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.patterns.values import with_values
from gradatim.tools.analysis.sign import Sign

TELLS = ("table-without-place-for-last-case",)


def detect(case: Examination) -> Iterator[Sign]:
    """A table of n places, and an IndexError for a position in it."""
    for line, found in case.raised_at("IndexError").items():
        function = case.function_at(line)
        for node, name in with_values(case, function):
            match node.value:
                case ast.BinOp(left=ast.List(), op=ast.Mult(), right=ast.Name(id=size)):
                    pass
                case ast.ListComp(
                    generators=[ast.comprehension(iter=ast.Call(func=ast.Name(id="range"), args=[ast.Name(id=size)]))]
                ):
                    pass
                case _:
                    continue
            nodes = function.nodes if function is not None else case.program.top
            last_asked = any(_at(item, name, size) or _up_to(item, size) for item in nodes)
            here = any(isinstance(item, ast.Subscript) and name in names_in(item.value) for item in case.nodes_at(line))
            if last_asked and here:
                said = f"makes `{size}` places, from 0 to {size} - 1, and position `{size}` is used below."
                sign = of_errors(case, "table-without-place-for-last-case", node.lineno, 0.94, said, found)
                yield sign


def _at(node: ast.AST, name: str, size: str) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=table), slice=ast.Name(id=place)):
            return (table, place) == (name, size)
        case _:
            return False


def _up_to(node: ast.AST, size: str) -> bool:
    """Whether a loop goes over a range that includes the size."""
    bounds = range_arguments(node) or []
    match (bounds[1:] or bounds or [None])[0]:
        case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=ast.Constant(value=1)):
            return name == size
        case _:
            return False

"""A beginner believes that the first argument of a script is `sys.argv[0]`.

The name of the script is converted to a number, by its position or in a loop over everything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.libraries import library_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("first-argument-has-index-zero",)


def detect(case: Examination) -> Iterator[Sign]:
    """`int(sys.argv[0])`, or a loop over `sys.argv` that converts each item."""
    for node, _ in case.places:
        said = "converts the name of the script, which is item 0 of `sys.argv`."
        match node:
            case ast.Call(func=ast.Name(id="int" | "float"), args=[ast.Subscript(value=value, slice=place)]):
                if _all_arguments(case, value) and constant_number(place) == 0:
                    yield of_line(case, "first-argument-has-index-zero", node.lineno, 0.94, said)
            case ast.For(target=ast.Name(id=name), iter=over) if _all_arguments(case, over):
                if any(_converts(inside, name) for part in node.body for inside in ast.walk(part)):
                    yield of_line(case, "first-argument-has-index-zero", node.lineno, 0.93, said)
            case ast.comprehension(target=ast.Name(id=name), iter=over, ifs=[]) if _all_arguments(case, over):
                above = case.program.parent(node)
                if above is not None and any(_converts(inside, name) for inside in ast.walk(above)):
                    yield of_line(case, "first-argument-has-index-zero", over.lineno, 0.93, said)
            case _:
                continue


def _all_arguments(case: Examination, node: ast.expr) -> bool:
    return library_name(case.program, node, "sys") == "argv"


def _converts(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="int" | "float"), args=[ast.Name(id=argument)]):
            return argument == name
        case _:
            return False

"""A beginner believes that a setter stores the value under the name of the property itself.

A property assigns or reads itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.classes import is_property
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("setter-assigns-to-itself",)


def detect(case: Examination) -> Iterator[Sign]:
    """A property whose setter or getter uses the property's own name."""
    for function in case.program.functions:
        setter = any(
            isinstance(mark, ast.Attribute)
            and mark.attr == "setter"
            and isinstance(mark.value, ast.Name)
            and mark.value.id == function.name
            for mark in function.node.decorator_list
        )
        context = ast.Store if setter else ast.Load
        if function.owner is None or not (setter or is_property(function)):
            continue
        for node in function.nodes:
            match node:
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=used):
                    pass
                case _:
                    continue
            if name == function.name and isinstance(used, context):
                said = f"uses the property `{name}` inside of itself, which calls it once more."
                yield of_line(case, "setter-assigns-to-itself", node.lineno, 0.96, said, anywhere=True)
                break

"""A beginner believes that `dict.fromkeys(names, [])` gives each key a list of its own.

All keys refer to one list, and it is changed through one of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import with_values
from gradatim.tools.analysis.sign import Sign

TELLS = ("fromkeys-makes-fresh-lists",)


def detect(case: Examination) -> Iterator[Sign]:
    """A list, set or dictionary as the value for all keys of `fromkeys`, and changed later."""
    for function in (None, *case.functions):
        for node, name in with_values(case, function):
            match node.value:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="dict"), attr="fromkeys"),
                    args=[_, ast.List() | ast.Dict() | ast.Set() | ast.Call(func=ast.Name(id="list" | "dict" | "set"))],
                ):
                    pass
                case _:
                    continue
            nodes = function.nodes if function is not None else case.program.top
            if any(_changes_item(item, name) for item in nodes):
                said = "gives all keys one and the same value, and it is changed later."
                yield of_line(case, "fromkeys-makes-fresh-lists", node.lineno, 0.95, said)


def _changes_item(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Subscript(value=ast.Name(id=owner)))):
            return owner == name
        case ast.Subscript(value=ast.Subscript(value=ast.Name(id=owner)), ctx=ast.Store()):
            return owner == name
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=owner))):
            return owner == name
        case _:
            return False

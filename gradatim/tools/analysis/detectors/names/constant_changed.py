"""A beginner believes that a name in capitals is protected from changes.

A list under such a name is changed by way of a parameter or another name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import values_of, with_values
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("capital-name-is-protected",)

_CHANGING = frozenset(["append", "extend", "insert", "add", "update", "remove", "pop", "clear", "sort", "reverse"])


def detect(case: Examination) -> Iterator[Sign]:
    """A constant handed on as a default or under another name, and changed there."""
    for function in case.functions:
        for name, constant, line in _other_names(case, function):
            if any(_changes(node, name) for node in function.nodes):
                said = f"makes `{name}` another name of `{constant}`, and the function changes it."
                yield of_line(case, "capital-name-is-protected", line, 0.9, said)


def _other_names(case: Examination, function: Function) -> Iterator[tuple[str, str, int]]:
    """Names of a function that stand for a constant of the module: the name, the constant, the line."""
    arguments = function.node.args
    defaults = zip(arguments.args[len(arguments.args) - len(arguments.defaults) :], arguments.defaults, strict=True)
    pairs = [(argument.arg, value, argument.lineno) for argument, value in defaults]
    pairs += [(name, node.value, node.lineno) for node, name in with_values(case, function)]
    for name, value, line in pairs:
        if isinstance(value, ast.Name) and re.fullmatch(r"[A-Z][A-Z0-9_]+", value.id):
            made = values_of(case, None, value.id)
            if len(made) == 1 and isinstance(made[0], ast.List | ast.Dict | ast.Set):
                yield name, value.id, line


def _changes(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
            return owner == name and method in _CHANGING
        case ast.Subscript(value=ast.Name(id=owner), ctx=ast.Store() | ast.Del()):
            return owner == name
        case _:
            return False

"""A beginner believes that a list in the class is made anew for each object.

A list or dictionary of the class is changed through objects.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.classes import sets_attribute
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("mutable-class-attribute",)


def detect(case: Examination) -> Iterator[Sign]:
    """A list of the class that every object changes."""
    for node in case.program.classes:
        for statement in node.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.List() | ast.Dict() | ast.Set()):
                    pass
                case _:
                    continue
            methods = case.program.methods(node.name)
            if any(sets_attribute(item, name) is not None for item in methods):
                continue
            if any(_changes_own(item, name) for item in methods):
                fact = (
                    f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` makes one value "
                    f"that all objects of {node.name} share, and a method changes it."
                )
                yield Sign(
                    "mutable-class-attribute",
                    (statement.lineno,),
                    0.92,
                    fact,
                    f"Failing: {name_tests(case.failed_ids)}.",
                    case.failed_ids,
                    anywhere=True,
                )


def _changes_own(function: Function, name: str) -> bool:
    for node in function.nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(value=ast.Name(id="self"), attr=attribute), attr=method)
            ):
                if attribute == name and method in ("append", "add", "insert", "extend", "update", "remove", "pop"):
                    return True
            case ast.Subscript(value=ast.Attribute(value=ast.Name(id="self"), attr=attribute), ctx=ast.Store()) if (
                attribute == name
            ):
                return True
            case _:
                continue
    return False

"""What a class's methods set."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.program import Function


def constructor_of(case: Examination, owner: str) -> Function | None:
    return next((item for item in case.program.methods(owner) if item.name == "__init__"), None)


def sets_attribute(function: Function, name: str) -> int | None:
    """Line on which a method sets an attribute of its object."""
    for node in function.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="self"), attr=attribute, ctx=ast.Store()) if attribute == name:
                return node.lineno
            case _:
                continue
    return None


def single_class(case: Examination, name: str) -> ast.ClassDef | None:
    """The program's class of a name, if there is exactly one."""
    found = [node for node in case.program.classes if node.name == name]
    return found[0] if len(found) == 1 else None


def is_property(function: Function) -> bool:
    """Whether a method is made a property by its decorator."""
    return any(isinstance(item, ast.Name) and item.id == "property" for item in function.node.decorator_list)

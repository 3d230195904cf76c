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

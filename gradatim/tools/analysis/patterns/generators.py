"""Functions of a program that are generators, and objects that hand out their items once."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.program import Function

LAZY = frozenset(["map", "filter", "zip", "enumerate", "reversed", "iter"])


def generator_called(case: Examination, node: ast.AST | None) -> Function | None:
    """The program's own generator function that a call by name calls."""
    name = called_name(node)
    function = case.program.function(name) if name is not None else None
    return function if function is not None and function.yields else None


def is_one_pass(case: Examination, node: ast.AST) -> bool:
    """Whether an expression makes something that can be gone through only once."""
    return (
        isinstance(node, ast.GeneratorExp)
        or generator_called(case, node) is not None
        or (called_name(node) in LAZY and case.program.function(called_name(node) or "") is None)
    )

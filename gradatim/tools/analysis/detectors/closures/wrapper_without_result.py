"""A beginner believes that the result of the wrapped function is handed on by itself.

A wrapper calls it as a statement and returns nothing, while the decorated function has a result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("wrapper-loses-result",)


def detect(case: Examination) -> Iterator[Sign]:
    """The call of the wrapped function standing alone in its wrapper."""
    for function in case.program.functions:
        outer = case.program.enclosing_function(function.node)
        if outer is None or function.returns_value or function.yields or not outer.parameters:
            continue
        handed_back = any(isinstance(item.value, ast.Name) and item.value.id == function.name for item in outer.returns)
        decorated = [item for item in case.program.functions if _decorated_by(item, case, outer)]
        if not handed_back or not any(item.returns_value for item in decorated):
            continue
        for node in function.nodes:
            if isinstance(node, ast.Expr) and called_name(node.value) in outer.parameters:
                said = "calls the wrapped function and drops its result."
                yield of_line(case, "wrapper-loses-result", node.lineno, 0.95, said, anywhere=True)


def _decorated_by(item: Function, case: Examination, outer: Function) -> bool:
    """Whether a function has a decorator that is the given one, or that is made by the function around it."""
    names = {outer.name}
    factory = case.program.enclosing_function(outer.node)
    if factory is not None:
        names.add(factory.name)
    return any(
        (isinstance(mark, ast.Name) and mark.id in names) or called_name(mark) in names
        for mark in item.node.decorator_list
    )

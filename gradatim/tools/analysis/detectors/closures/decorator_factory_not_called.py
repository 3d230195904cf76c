"""A beginner believes that a decorator with parameters works without parentheses.

A function that makes decorators is used as one itself.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("parametrised-decorator-without-call",)


def detect(case: Examination) -> Iterator[Sign]:
    """`@name` where `name` makes the decorator only when it is called."""
    for function in case.program.functions:
        for mark in function.node.decorator_list:
            factory = case.program.function(mark.id) if isinstance(mark, ast.Name) else None
            if factory is not None and _makes_decorator(case, factory):
                said = f"hands the function to `{factory.name}`, which makes a decorator only when it is called."
                yield of_line(case, "parametrised-decorator-without-call", mark.lineno, 0.94, said, anywhere=True)


def _makes_decorator(case: Examination, factory: Function) -> bool:
    """Whether a function returns an inner function that itself returns a function defined inside it."""
    if any(called_name(node) in factory.parameters for node in ast.walk(factory.node)):
        return False
    inner = [item for item in case.program.functions if item.outer is factory.node]
    return any(
        _returns(factory, item.name)
        and any(_returns(item, deeper.name) for deeper in case.program.functions if deeper.outer is item.node)
        for item in inner
    )


def _returns(function: Function, name: str) -> bool:
    return any(isinstance(item.value, ast.Name) and item.value.id == name for item in function.returns)

"""A beginner believes that a default value is made anew at each call.

A list, set or dictionary stands as a default and the function changes it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("mutable-default-shared",)
_CHANGING = frozenset(["append", "extend", "insert", "add", "update", "remove", "pop", "setdefault"])


def detect(case: Examination) -> Iterator[Sign]:
    """A list, set or dictionary as a default that the function changes."""
    for function in case.program.functions:
        arguments = function.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        for argument, default in pairs:
            fresh = isinstance(default, ast.List | ast.Dict | ast.Set) or (
                isinstance(default, ast.Call)
                and isinstance(default.func, ast.Name)
                and default.func.id in ("list", "dict", "set")
                and not default.args
            )
            if fresh and _changes(function, argument.arg):
                fact = (
                    f"Line {argument.lineno}: the default `{case.program.text(default)}` of "
                    f"`{argument.arg}` is made once, and the function changes it."
                )
                why = (
                    f"It is kept between calls; failing: {name_tests(case.failed_ids)}."
                    if case.failed_ids
                    else "It is kept between calls."
                )
                yield Sign("mutable-default-shared", (argument.lineno,), 0.93, fact, why, case.failed_ids)


def _changes(function: Function, name: str) -> bool:
    for node in function.nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr=method)) if (
                target == name and method in _CHANGING
            ):
                return True
            case ast.Subscript(value=ast.Name(id=target), ctx=ast.Store()) if target == name:
                return True
            case ast.AugAssign(target=ast.Name(id=target)) if target == name:
                return True
            case _:
                continue
    return False

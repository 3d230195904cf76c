"""A beginner believes that a cached function looks at its data anew each time.

A function with a cache reads something that the program changes later.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call, library_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("cached-function-sees-changes",)

_CHANGING = frozenset(["append", "add", "update", "pop", "remove", "insert", "extend", "clear", "setdefault"])


def detect(case: Examination) -> Iterator[Sign]:
    """A cached function that reads a variable of the module which is changed elsewhere."""
    for function in case.program.functions:
        if not any(_is_cache(case, mark) for mark in function.node.decorator_list):
            continue
        read = {node.id for node in function.nodes if isinstance(node, ast.Name)} - function.locals
        changed = [name for name in sorted(read & case.program.top_names) if _changed(case, function, name)]
        if changed:
            said = f"is the function with the cache; it reads `{changed[0]}`, which the program changes."
            yield of_line(case, "cached-function-sees-changes", function.line, 0.9, said, anywhere=True)


def _is_cache(case: Examination, mark: ast.expr) -> bool:
    names = (library_name(case.program, mark, "functools"), library_call(case.program, mark, "functools"))
    return any(name in ("cache", "lru_cache") for name in names)


def _changed(case: Examination, cached: Function, name: str) -> bool:
    elsewhere = [node for item in case.program.functions if item is not cached for node in item.nodes]
    for node in (*case.program.top, *elsewhere):
        match node:
            case ast.Subscript(value=ast.Name(id=owner), ctx=ast.Store() | ast.Del()) if owner == name:
                return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
                if owner == name and method in _CHANGING:
                    return True
            case ast.Global(names=names) if name in names:
                return True
            case _:
                continue
    return False

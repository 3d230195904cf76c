"""A beginner believes that `b = a` makes a second list.

One of two names of a list is changed, and the other is used as if it were not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.lists import NONE_METHODS
from gradatim.tools.analysis.sign import Sign

TELLS = ("assignment-copies-object",)


def detect(case: Examination) -> Iterator[Sign]:
    """`b = a` taken for a copy: b is changed and a is used afterwards."""
    for node, function in case.places:
        match node:
            case ast.Assign(targets=[ast.Name(id=copy)], value=ast.Name(id=original)) if function is not None:
                pass
            case _:
                continue
        if copy == original or original not in function.parameters or len(function.stores(copy)) != 1:
            continue
        changes = [item for item in function.nodes if _changes(item, copy)]
        if not changes:
            continue
        first = min(cast(ast.expr, item).lineno for item in changes)
        later = [item for item in function.loads(original) if item.lineno > node.lineno and item.lineno >= first]
        tests = tuple(item.test for item in case.wrong_of(function)) or case.failed_ids
        # Tests of assertions are the ones that can look at the list that was handed over.
        looked_at = all(case.task.test(test).form == "check" for test in case.failed_ids)
        if later or looked_at:
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` gives the same list a second "
                f"name; line {first} changes it."
            )
            yield Sign(
                "assignment-copies-object",
                (node.lineno, first),
                0.8,
                fact,
                f"`{original}` counts afterwards in {name_tests(tests)}.",
                tests,
            )


def _changes(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=target), attr=method)):
            return target == name and method in NONE_METHODS | {"pop"}
        case ast.Subscript(value=ast.Name(id=target), ctx=ast.Store() | ast.Del()):
            return target == name
        case _:
            return False

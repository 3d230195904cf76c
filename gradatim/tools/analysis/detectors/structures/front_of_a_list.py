"""A beginner believes that `pop(0)` and `insert(0, x)` on a list are as quick as working at its end.

Time runs out in a loop that works at the front of a list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, names_in, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import values_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("list-front-for-queue-is-free",)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop that certainly ends, works at the front of a list, and runs out of time."""
    for loop, function in case.loops if case.timed_out else ():
        for node in own_loop_nodes(loop):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="pop"), args=[ast.Constant(value=0)]
                ) if isinstance(loop, ast.While) and name in names_in(loop.test):
                    ends = not any(_grows(item, name) for item in ast.walk(loop))
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="insert"), args=[ast.Constant(value=0), _]
                ) if isinstance(loop, ast.For):
                    ends = name not in names_in(loop.iter)
                case _:
                    continue
            tests = tuple(test for test in case.timed_out if case.ran_in(test, node.lineno) is not False)
            made = values_of(case, function, name)
            if ends and tests and any(_makes_list(value) for value in made):
                said = f"works at the front of `{name}`, where all other items have to move each time."
                sign = of_line(case, "list-front-for-queue-is-free", node.lineno, 0.85, said)
                yield replace(sign, tests=tests, why=f"Time ran out in {name_tests(tests)}.")


def _makes_list(node: ast.expr) -> bool:
    return isinstance(node, ast.List | ast.ListComp) or called_name(node) in ("list", "sorted")


def _grows(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append" | "insert" | "extend")):
            return owner == name
        case ast.AugAssign(target=ast.Name(id=owner)) | ast.Name(id=owner, ctx=ast.Store()):
            return owner == name
        case _:
            return False

"""A beginner believes that a graph is searched like a tree.

A recursive search has no note of the nodes that it has met, and never ends.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.patterns.recursion import depth_tests, self_calls
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("no-visited-set-in-graph",)


def detect(case: Examination) -> Iterator[Sign]:
    """A search through the neighbours of a node that asks nowhere whether a node is known."""
    for function in case.functions:
        calls = self_calls(function)
        deep = depth_tests(case, function) or case.timed_out
        if not calls or not deep or any(_asks_membership(node) for node in function.nodes):
            continue
        for node in function.nodes:
            match node:
                case ast.For(target=ast.Name(id=name), iter=ast.Subscript(slice=ast.Name(id=place))):
                    pass
                case ast.For(
                    target=ast.Name(id=name),
                    iter=ast.Call(func=ast.Attribute(attr="get"), args=[ast.Name(id=place), *_]),
                ):
                    pass
                case _:
                    continue
            inside = any(_goes_on(case, call, node) and name in names_in(call) for call in calls)
            if place in function.parameters and inside:
                said = "goes on to every neighbour, also to nodes that were met before."
                sign = of_line(case, "no-visited-set-in-graph", node.lineno, 0.94, said)
                yield replace(sign, tests=tuple(deep), why=f"The search does not end in {name_tests(deep)}.")
                break


def _goes_on(case: Examination, call: ast.Call, loop: ast.For) -> bool:
    """Whether a call in a loop is made whatever the neighbour is."""
    above = list(case.program.ancestors(call))
    if loop not in above:
        return False
    between = [item for item in above[: above.index(loop)] if isinstance(item, ast.If | ast.IfExp)]
    return all(call in ast.walk(item.test) for item in between)


def _asks_membership(node: ast.AST) -> bool:
    return isinstance(node, ast.Compare) and any(isinstance(item, ast.In | ast.NotIn) for item in node.ops)

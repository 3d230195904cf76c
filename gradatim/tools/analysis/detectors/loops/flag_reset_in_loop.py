"""A beginner believes that a flag needs an answer in every round.

An else sets the flag back whenever the current item does not fit, so that the last item alone decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function, Loop
from gradatim.tools.analysis.sign import Sign

TELLS = ("flag-reset-in-every-round",)


def detect(case: Examination) -> Iterator[Sign]:
    """A flag that is set to True and to False in the two branches of an if in a loop."""
    for loop, function in case.loops:
        for node in own_loop_nodes(loop):
            match node:
                case ast.If(
                    body=[*_, ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bool() as one))],
                    orelse=[ast.Assign(targets=[ast.Name(id=other)], value=ast.Constant(value=bool() as two))],
                ) if name == other and one is not two:
                    branches = [*node.body, *node.orelse]
                case _:
                    continue
            left = any(isinstance(item, ast.Break | ast.Return) for item in body_nodes(branches))
            read = [item for item in ast.walk(loop) if _reads(item, name)]
            if not left and not read and _read_after(case, function, loop, name):
                line = node.orelse[0].lineno
                said = f"sets `{name}` anew in every round in which the branch above is not taken."
                yield of_line(case, "flag-reset-in-every-round", line, 0.93, said)


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


def _read_after(case: Examination, function: Function | None, loop: Loop, name: str) -> bool:
    nodes = function.nodes if function is not None else case.program.top
    outer = case.program.loops_around(loop)
    return not outer and any(_reads(node, name) and getattr(node, "lineno", 0) > loop.lineno for node in nodes)

"""A beginner keeps everything that belongs to a total together inside the loop.

A total is set to its start in the loop that adds to it, and is read behind that loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.program import Function, Loop
from gradatim.tools.analysis.sign import Sign

TELLS = ("initialise-inside-loop",)


def _is_start(value: ast.expr) -> bool:
    """Whether a value is one that accumulators start with."""
    match value:
        case ast.Constant(value=0 | 1 | "" | 0.0):
            return True
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=ast.Name(id="list" | "dict" | "set" | "tuple" | "str" | "int"), args=[]):
            return True
        case _:
            return False


def _read_outside(case: Examination, loop: Loop, name: str, function: Function | None) -> bool:
    """Whether a name is read behind a loop."""
    nodes = function.nodes if function is not None else case.program.top
    end = loop.end_lineno or loop.lineno
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) and node.lineno > end
        for node in nodes
    )


def detect(case: Examination) -> Iterator[Sign]:
    """The start of an accumulator set anew in every round."""
    for loop, function in case.loops:
        for statement in loop.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_start(value):
                    pass
                case _:
                    continue
            after = loop.body[loop.body.index(statement) + 1 :]
            grown = [node for node in body_nodes(after) if grows(node) == name]
            inner = [node for node in grown if case.program.loops_around(node)[:1] != (loop,)]
            if not grown or inner or not _read_outside(case, loop, name, function):
                continue
            outer = case.program.loops_around(loop)
            if outer and not _read_outside(case, outer[-1], name, function) and not _read_within(outer[0], loop, name):
                continue  # a total of its own for each round of the outer loop
            tests = tuple(item.test for item in case.wrong_of(function)) or case.failed_ids
            fact = (
                f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` stands inside the "
                f"loop of line {loop.lineno}, which adds to `{name}`."
            )
            yield Sign(
                "initialise-inside-loop",
                (statement.lineno,),
                0.92,
                fact,
                f"The result is wrong in {name_tests(tests)}.",
                tests,
            )


def _read_within(outer: Loop, loop: Loop, name: str) -> bool:
    """Whether the outer loop hands a name on behind an inner one that is a step of its own."""
    behind = outer.body[outer.body.index(loop) + 1 :] if loop in outer.body else []
    return any(isinstance(node, ast.Name) and node.id == name for node in body_nodes(behind))

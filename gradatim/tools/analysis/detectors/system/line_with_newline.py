"""A beginner believes that a line read from a file holds just the visible text.

It is compared with a text that does not end in a line break.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("newline-kept-in-line",)


def detect(case: Examination) -> Iterator[Sign]:
    """A line of a file compared with a text without a line break."""
    files = {name for node in case.program.nodes if (name := _file_name(node)) is not None}
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        line = loop.target.id
        from_file = isinstance(loop.iter, ast.Name) and loop.iter.id in files
        if not from_file or any(_cleans(item, line) for item in ast.walk(loop)):
            continue
        for node in own_loop_nodes(loop):
            match node:
                case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq() | ast.NotEq()], comparators=[other]) if (
                    name == line
                ):
                    pass
                case _:
                    continue
            text = text_constant(other)
            parameter = isinstance(other, ast.Name) and function is not None and other.id in function.parameters
            if parameter or (text is not None and not text.endswith("\n")):
                said = f"compares `{line}` as it was read, with its line break."
                yield of_line(case, "newline-kept-in-line", node.lineno, 0.92, said)


def _file_name(node: ast.AST) -> str | None:
    match node:
        case ast.withitem(context_expr=ast.Call(func=ast.Name(id="open")), optional_vars=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="open"))):
            return name
        case _:
            return None


def _cleans(node: ast.AST, line: str) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name == line
        case _:
            return False

"""A beginner believes that a for loop goes over the list as it was at the start.

A loop removes or adds items of the list that it goes over.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, called_name, leaves, method_called, range_arguments, same
from gradatim.tools.analysis.patterns.lists import runs_everywhere
from gradatim.tools.analysis.sign import Sign

TELLS = ("modify-list-while-iterating",)


def detect(case: Examination) -> Iterator[Sign]:
    """A list that loses or gains items while a for loop goes over it."""
    for loop, _ in case.loops:
        if not isinstance(loop, ast.For):
            continue
        over: ast.expr = loop.iter
        if called_name(over) == "enumerate" and isinstance(over, ast.Call) and over.args:
            over = over.args[0]
        arguments = range_arguments(loop)
        by_position = False
        if arguments is not None and called_name(arguments[-1]) == "len" and len(arguments) <= 2:
            over, by_position = cast(ast.Call, arguments[-1]).args[0], True
        if not isinstance(over, ast.Name | ast.Attribute | ast.Subscript):
            continue
        for node in body_nodes(loop.body):
            if not _shrinks(node, over, by_position):
                continue
            statement = case.program.statement_of(node)
            if statement is None:
                continue
            rest = case.program.rest_of_block(statement)
            if any(isinstance(item, ast.Break) for item in rest) or leaves(rest):
                continue
            fact = (
                f"Line {statement.lineno}: `{case.program.line(statement.lineno)}` changes the list "
                f"that the loop of line {loop.lineno} goes over."
            )
            lines = tuple(dict.fromkeys((statement.lineno, loop.lineno)))
            yield Sign("modify-list-while-iterating", lines, 0.93, fact, runs_everywhere(case), case.failed_ids)


def _shrinks(node: ast.AST, over: ast.expr, by_position: bool) -> bool:
    call = method_called(node)
    if call is not None and same(call[0], over):
        return call[1] in ("remove", "pop") or (call[1] in ("insert", "append") and not by_position)
    if isinstance(node, ast.Delete):
        return any(isinstance(target, ast.Subscript) and same(target.value, over) for target in node.targets)
    return False

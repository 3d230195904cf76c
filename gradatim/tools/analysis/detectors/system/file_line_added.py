"""A beginner believes that digits read from a file are numbers.

A line of a file is added to a number without a conversion.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, names_in, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("file-content-is-number",)


def detect(case: Examination) -> Iterator[Sign]:
    """A TypeError between a number and the text of a line."""
    files = {
        node.optional_vars.id
        for node in case.program.nodes
        if isinstance(node, ast.withitem)
        and isinstance(node.optional_vars, ast.Name)
        and called_name(node.context_expr) == "open"
    }
    errors = case.raised_at("TypeError", r"'int' and '(str)'|'float' and 'str'|'str' and '(?:int|float)'")
    for loop, _ in case.loops:
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        from_file = isinstance(loop.iter, ast.Name) and loop.iter.id in files
        for node in own_loop_nodes(loop) if from_file else ():
            if not isinstance(node, ast.stmt | ast.expr) or node.lineno not in errors:
                continue
            if isinstance(node, ast.AugAssign | ast.BinOp | ast.Compare) and loop.target.id in names_in(node):
                said = f"calculates with `{loop.target.id}`, the text of a line."
                yield of_errors(case, "file-content-is-number", node.lineno, 0.95, said, errors[node.lineno])
                break

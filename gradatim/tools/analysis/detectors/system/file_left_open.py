"""A beginner believes that a text is in the file once `write` has been called.

A file is written and closed nowhere.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, method_called
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant, with_values
from gradatim.tools.analysis.sign import Sign

TELLS = ("file-not-closed",)


def detect(case: Examination) -> Iterator[Sign]:
    """A file opened for writing by a plain assignment that no line closes."""
    for function in (None, *case.functions):
        nodes = function.nodes if function is not None else case.program.top
        for node, name in with_values(case, function):
            if called_name(node.value) != "open" or not isinstance(node.value, ast.Call) or len(node.value.args) < 2:
                continue
            methods = {call[1] for item in nodes if (call := _on(item, name)) is not None}
            handed_on = any(_hands_on(item, name) for item in nodes)
            writing = text_constant(node.value.args[1]) in ("w", "a", "wt", "x")
            if writing and "write" in methods and not methods & {"close", "flush"} and not handed_on:
                said = f"opens a file for writing, and nothing closes `{name}`."
                yield of_line(case, "file-not-closed", node.lineno, 0.85, said)


def _on(node: ast.AST, name: str) -> tuple[ast.expr, str] | None:
    """The call of a method on a name."""
    call = method_called(node)
    return call if call is not None and isinstance(call[0], ast.Name) and call[0].id == name else None


def _hands_on(node: ast.AST, name: str) -> bool:
    """Whether an object leaves its function, or is closed by a with statement."""
    match node:
        case ast.Return(value=ast.Name(id=given)) | ast.withitem(context_expr=ast.Name(id=given)):
            return given == name
        case ast.Call(args=arguments):
            return any(isinstance(item, ast.Name) and item.id == name for item in arguments)
        case _:
            return False

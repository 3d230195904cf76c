"""A beginner believes that the function sees the caller's variable under its own name.

A parameter is never read, and a variable of the module is used in its place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("parameter-name-must-match",)


def detect(case: Examination) -> Iterator[Sign]:
    """A variable of the caller read in a function whose parameter is left unread."""
    for function in case.functions:
        unread = [name for name in function.parameters if not function.loads(name) and name not in ("self", "cls")]
        if len(unread) != 1 or function.owner is not None or unread[0].startswith("_"):
            continue
        handed_over = {
            item.id
            for node in case.program.top
            if isinstance(node, ast.Call) and called_name(node) == function.name
            for item in node.args
            if isinstance(item, ast.Name)
        }
        used = next(
            (
                node
                for node in function.nodes
                if isinstance(node, ast.Name) and node.id in handed_over and node.id not in function.locals
            ),
            None,
        )
        if used is not None:
            said = f"uses `{used.id}`, a variable of the caller, and `{unread[0]}` is never read."
            yield of_line(case, "parameter-name-must-match", used.lineno, 0.92, said)

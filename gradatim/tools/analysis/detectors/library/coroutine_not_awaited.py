"""A beginner believes that calling an async function runs it.

Such a call stands alone, or its result is used as a value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("calling-coroutine-runs-it",)


def detect(case: Examination) -> Iterator[Sign]:
    """A call of an async function of the program without `await`."""
    ours = {node.name for node in case.program.nodes if isinstance(node, ast.AsyncFunctionDef)}
    for node, _ in case.places:
        dropped = isinstance(node, ast.Expr) and called_name(node.value) in ours
        used = isinstance(node, ast.BinOp | ast.Compare) and any(
            called_name(side) in ours for side in ast.iter_child_nodes(node)
        )
        if (dropped or used) and isinstance(node, ast.stmt | ast.expr):
            said = "calls an async function without `await`, which only makes a coroutine."
            yield of_line(case, "calling-coroutine-runs-it", node.lineno, 0.95, said)

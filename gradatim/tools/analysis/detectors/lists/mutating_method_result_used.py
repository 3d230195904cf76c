"""A beginner believes that `append` or `sort` hands back the changed list.

The value of such a call, None, is stored, returned or used further.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.lists import NONE_METHODS, runs_everywhere
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "append-returns-none-assigned",
    "list-mutating-method-returns-list",
)


def detect(case: Examination) -> Iterator[Sign]:
    """The value of `append`, `sort`, … used, which is None."""
    for node, _ in case.places:
        if isinstance(node, ast.Assign | ast.Return | ast.AugAssign):
            value = node.value
        elif isinstance(node, ast.For):
            value = node.iter
        else:
            continue
        call = method_called(value)
        if call is None or call[1] not in NONE_METHODS or _own_method(case, call[1]):
            continue
        text = case.program.line(node.lineno)
        fact = f"Line {node.lineno}: `{text}` uses what `.{call[1]}(…)` returns, which is None."
        appended = isinstance(node, ast.Assign) and call[1] == "append"
        name = "append-returns-none-assigned" if appended else "list-mutating-method-returns-list"
        yield Sign(name, (node.lineno,), 0.95, fact, runs_everywhere(case), case.failed_ids)


def _own_method(case: Examination, name: str) -> bool:
    return any(item.owner is not None and item.name == name for item in case.program.functions)

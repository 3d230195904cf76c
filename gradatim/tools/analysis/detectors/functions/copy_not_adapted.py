"""A beginner believes that copied lines work when some of their names are exchanged.

Two lines do the same with the same values, and a parameter is never read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in, same
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import with_values
from gradatim.tools.analysis.sign import Sign

TELLS = ("copied-lines-not-adapted",)


def detect(case: Examination) -> Iterator[Sign]:
    """Two assignments of the same calculation while a parameter is left unread."""
    for function in case.functions:
        unread = [name for name in function.parameters if name not in ("self", "cls", "_") and not function.loads(name)]
        if not unread:
            continue
        seen: list[tuple[ast.Assign, str]] = []
        for node, name in with_values(case, function):
            if not isinstance(node.value, ast.Call | ast.BinOp | ast.Subscript | ast.ListComp):
                continue
            twin = next((old for old, other in seen if other != name and same(old.value, node.value)), None)
            if twin is not None and names_in(node.value) & set(function.parameters):
                said = f"has the same calculation as line {twin.lineno}, and `{unread[0]}` is never read."
                yield of_line(case, "copied-lines-not-adapted", node.lineno, 0.93, said)
            seen.append((node, name))

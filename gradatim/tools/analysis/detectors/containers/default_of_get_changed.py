"""A beginner believes that `d.get(key, [])` puts the default into the dictionary.

What `get` hands out is changed and dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("get-stores-default",)

_CHANGING = frozenset(["append", "add", "extend", "update", "insert"])


def detect(case: Examination) -> Iterator[Sign]:
    """`d.get(key, []).append(…)` as a statement of its own."""
    for node, _ in case.places:
        match node:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Call(func=ast.Attribute(attr="get"), args=[_, default]), attr=method)
                )
            ) if method in _CHANGING and isinstance(default, ast.List | ast.Set | ast.Dict | ast.Call):
                said = "changes what `get` hands out, and a default is not stored."
                yield of_line(case, "get-stores-default", node.lineno, 0.95, said)
            case _:
                continue

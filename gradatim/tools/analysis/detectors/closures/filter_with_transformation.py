"""A beginner believes that the function given to `filter` makes the new items.

It changes an item and tests nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, method_called
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("filter-function-transforms",)

_CHANGING = frozenset(["lower", "upper", "title", "capitalize", "replace", "swapcase", "split", "format", "zfill"])


def detect(case: Examination) -> Iterator[Sign]:
    """`filter` with a function that gives a changed item."""
    for node, _ in case.places:
        match node:
            case ast.Call(func=ast.Name(id="filter"), args=[ast.Lambda(body=made), _]):
                pass
            case ast.Call(func=ast.Name(id="filter"), args=[ast.Name(id=name), _]):
                function = case.program.function(name)
                if function is None or len(function.returns) != 1 or function.returns[0].value is None:
                    continue
                made = function.returns[0].value
            case _:
                continue
        if _changed(made):
            said = "gives `filter` a function that makes a new value; the items themselves come out."
            yield of_line(case, "filter-function-transforms", node.lineno, 0.92, said)


def _changed(made: ast.expr) -> bool:
    call = method_called(made)
    if call is not None:
        return call[1] in _CHANGING
    arithmetic = isinstance(made, ast.BinOp) and isinstance(made.op, ast.Add | ast.Mult | ast.Pow | ast.Div)
    return arithmetic or isinstance(made, ast.JoinedStr) or called_name(made) in ("str", "int", "float", "round")

"""A beginner believes that `map(print, items)` performs the calls for all items there and then.

A lazy object is made and dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("lazy-call-for-its-effect",)


def detect(case: Examination) -> Iterator[Sign]:
    """A map, filter or generator expression as a statement of its own."""
    for node, _ in case.places:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name(id="map" | "filter" as name))):
                if case.program.function(name) is not None:
                    continue
            case ast.Expr(value=ast.GeneratorExp()):
                pass
            case _:
                continue
        said = "makes a lazy object that nobody asks for items, so no call is made."
        yield of_line(case, "lazy-call-for-its-effect", node.lineno, 0.95, said)

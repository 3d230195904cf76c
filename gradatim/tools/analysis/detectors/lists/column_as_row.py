"""A beginner believes that `m[:][j]` is column j of a nested list.

A copy of all rows is made, and a row is taken from it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("column-like-a-row",)


def detect(case: Examination) -> Iterator[Sign]:
    """A position taken from a slice of everything."""
    for node, _ in case.places:
        match node:
            case ast.Subscript(
                value=ast.Subscript(slice=ast.Slice(lower=None, upper=None, step=None)), slice=place, ctx=ast.Load()
            ) if not isinstance(place, ast.Slice):
                said = "takes one item from a copy of the whole outer list."
                yield of_line(case, "column-like-a-row", node.lineno, 0.94, said)
            case _:
                continue

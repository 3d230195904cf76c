"""A beginner believes that a slice is a window on the list.

A method that changes a list is called on a slice of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.lists import NONE_METHODS
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("slice-is-alias",)


def detect(case: Examination) -> Iterator[Sign]:
    """`items[a:b].sort()` or the like as a statement of its own."""
    for node, _ in case.places:
        call = method_called(node.value) if isinstance(node, ast.Expr) else None
        if call is None or call[1] not in NONE_METHODS or not isinstance(node, ast.Expr):
            continue
        if isinstance(call[0], ast.Subscript) and isinstance(call[0].slice, ast.Slice):
            said = "changes a new list that the slice makes; the list itself stays as it is."
            yield of_line(case, "slice-is-alias", node.lineno, 0.95, said)

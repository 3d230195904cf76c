"""A beginner believes that a return in the try block leaves the function without the `finally` clause.

A return in the clause replaces the result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("finally-skipped-after-return",)


def detect(case: Examination) -> Iterator[Sign]:
    """A return in `finally` where the block returns as well."""
    for node, _ in case.places:
        if not isinstance(node, ast.Try):
            continue
        inner = [item for item in body_nodes(node.finalbody) if isinstance(item, ast.Return)]
        above = [*node.body, *node.orelse, *(part for handler in node.handlers for part in handler.body)]
        if inner and any(isinstance(item, ast.Return) for item in body_nodes(above)):
            said = "runs also after the return above and replaces its result."
            yield of_line(case, "finally-skipped-after-return", inner[0].lineno, 0.94, said)

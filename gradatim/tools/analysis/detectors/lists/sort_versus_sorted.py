"""A beginner believes that `sorted` puts the list itself in order.

`sorted(…)` stands on a line of its own and its result is dropped.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.lists import runs_everywhere
from gradatim.tools.analysis.sign import Sign

TELLS = ("sort-versus-sorted",)


def detect(case: Examination) -> Iterator[Sign]:
    """`sorted(x)` on a line of its own."""
    for node, _ in case.places:
        if isinstance(node, ast.Expr) and called_name(node.value) in ("sorted", "reversed"):
            fact = (
                f"Line {node.lineno}: `{case.program.line(node.lineno)}` makes a new sequence that "
                "nothing keeps; the old one stays as it is."
            )
            yield Sign("sort-versus-sorted", (node.lineno,), 0.93, fact, runs_everywhere(case), case.failed_ids)

"""A beginner believes that defining a function runs it.

Nothing is printed, and no line calls the function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("function-not-called",)


def detect(case: Examination) -> Iterator[Sign]:
    """A program whose only function is defined and never started."""
    silent = tuple(item.test for item in case.wrong if item.output and not str(item.actual).strip())
    names = {node.id for node in case.program.nodes if isinstance(node, ast.Name)}
    idle = [
        item for item in case.program.functions if item.owner is None and item.outer is None and item.name not in names
    ]
    outside = [n for n in case.program.top if isinstance(n, ast.Call)]
    if silent and idle and not outside:
        line = idle[-1].line
        fact = f"Line {line}: the function {idle[-1].name} is defined, and no line calls it."
        yield Sign(
            "function-not-called",
            (line,),
            0.93,
            fact,
            f"Nothing is printed in {name_tests(silent)}.",
            silent,
            anywhere=True,
        )

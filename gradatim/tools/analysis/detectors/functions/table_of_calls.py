"""A beginner believes that functions are entered into a dictionary with parentheses.

They all run while the dictionary is built, and what they return is stored.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("dispatch-table-with-calls",)


def detect(case: Examination) -> Iterator[Sign]:
    """A dictionary whose values are calls of functions without a result."""
    for node in case.program.nodes:
        if not isinstance(node, ast.Dict) or len(node.values) < 2:
            continue
        called = [case.program.function(called_name(value) or "") for value in node.values]
        kept = [item for item in called if item is not None]
        looked_up_called = any(
            isinstance(item, ast.Call) and isinstance(item.func, ast.Subscript) for item in case.program.nodes
        )
        if len(kept) != len(called):
            continue
        if all(not item.returns_value and not item.yields for item in kept) or looked_up_called:
            said = "begins a dictionary that calls its functions at once and stores what they return."
            yield of_line(case, "dispatch-table-with-calls", node.lineno, 0.93, said, anywhere=True)

"""A beginner believes that the function for a thread is given with its parentheses.

The target of a thread is the result of a call.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("thread-target-called",)


def detect(case: Examination) -> Iterator[Sign]:
    """`Thread(target=f())`."""
    for node, _ in case.places:
        named = isinstance(node, ast.Call) and (
            library_call(case.program, node, "threading") in ("Thread", "Timer")
            or library_call(case.program, node, "multiprocessing") == "Process"
        )
        if not named or not isinstance(node, ast.Call):
            continue
        target = next((item.value for item in node.keywords if item.arg in ("target", "function")), None)
        function = case.program.function(called_name(target) or "")
        if function is not None and not any(isinstance(item, ast.FunctionDef) for item in function.nodes):
            said = f"calls `{function.name}` at once and gives its result as the target."
            yield of_line(case, "thread-target-called", node.lineno, 0.96, said)

"""A beginner believes that a function has to fill its parameters itself.

A parameter gets a constant or fresh input before the value handed over was read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("parameter-overwritten",)


def detect(case: Examination) -> Iterator[Sign]:
    """A parameter that gets another value before its own was read."""
    for function in case.functions:
        for statement in function.body:
            if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
                break
            target = statement.targets[0]
            if not isinstance(target, ast.Name):
                break
            if target.id not in function.parameters or names_in(statement.value) & set(function.parameters):
                continue
            fresh = isinstance(statement.value, ast.Constant | ast.List | ast.Tuple | ast.Dict)
            reads_input = isinstance(statement.value, ast.Call) and "input" in names_in(statement.value)
            if fresh or reads_input:
                line = statement.lineno
                fact = f"Line {line}: the parameter `{target.id}` gets a new value before its own is used."
                yield Sign(
                    "parameter-overwritten", (line,), 0.9, fact, "What the test hands over is lost.", case.failed_ids
                )

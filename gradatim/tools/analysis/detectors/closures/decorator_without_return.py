"""A beginner believes that defining the wrapper is enough to put it in place of the function.

A function used as a decorator has an inner function and returns nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("decorator-needs-no-return",)


def detect(case: Examination) -> Iterator[Sign]:
    """A decorator that returns nothing."""
    used = {
        item.id
        for function in case.program.functions
        for item in function.node.decorator_list
        if isinstance(item, ast.Name)
    }
    for function in case.program.functions:
        inner = [item for item in function.nodes if isinstance(item, ast.FunctionDef)]
        if function.name in used and inner and not function.returns and not function.yields:
            said = "defines a decorator that returns nothing, so the decorated name becomes None."
            yield of_line(case, "decorator-needs-no-return", function.line, 0.96, said, anywhere=True)

"""A beginner believes that inside a function called like a built-in that name still means the built-in.

The function calls itself with the same argument, without end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.recursion import depth_tests, self_calls
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import BUILT_IN_NAMES
from gradatim.tools.analysis.sign import Sign

TELLS = ("calls-itself-instead-of-helper",)


def detect(case: Examination) -> Iterator[Sign]:
    """A function named like a built-in that calls itself with its own parameters."""
    for function in case.functions:
        deep = depth_tests(case, function)
        if not deep or function.name not in BUILT_IN_NAMES or function.owner is not None:
            continue
        for call in self_calls(function):
            given = [item.id for item in call.args if isinstance(item, ast.Name)]
            if given == list(function.parameters[: len(call.args)]) and given:
                said = f"calls `{function.name}` itself, which is no longer Python's own."
                sign = of_line(case, "calls-itself-instead-of-helper", call.lineno, 0.95, said)
                yield replace(sign, tests=tuple(deep), why=f"The calls do not end in {name_tests(deep)}.")
                break

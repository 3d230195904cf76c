"""A beginner believes that a test that calls the function, or prints its result, tests it.

A test function has no assertion.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, method_called
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("test-without-assertion",)

_CHECKING = re.compile(r"assert|check|verif|expect|raises|warns|fail|compare", re.IGNORECASE)


def detect(case: Examination) -> Iterator[Sign]:
    """A function whose name begins with `test_` that checks nothing."""
    for function in case.program.functions:
        if (
            not function.name.startswith("test_")
            or function.trivial
            or any(item.outer is function.node for item in case.program.functions)
        ):
            continue
        calls = [node for node in function.nodes if isinstance(node, ast.Call)]
        names = [called_name(call) or (method_called(call) or (call, ""))[1] for call in calls]
        checks = any(isinstance(node, ast.Assert | ast.Raise | ast.Compare) for node in function.nodes)
        ours = {item.name for item in case.program.functions}
        if not calls or checks or any(_CHECKING.search(name) for name in names):
            continue
        tested = [name for name in names if name in ours]
        if tested and set(function.parameters) <= {"self"}:
            said = f"begins a test that calls `{tested[0]}` and asserts nothing."
            yield of_line(case, "test-without-assertion", function.line, 0.93, said, anywhere=True)

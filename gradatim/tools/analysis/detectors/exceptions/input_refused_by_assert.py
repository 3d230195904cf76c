"""A beginner believes that `assert` is the short way to refuse bad input.

An AssertionError comes where another exception is wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("assert-validates-input",)


def detect(case: Examination) -> Iterator[Sign]:
    """An assertion about a parameter that fails where a test wants another exception."""
    for line, found in case.raised_at("AssertionError").items():
        function = case.function_at(line)
        wanted = [
            item for item in found if item.test and case.task.test(item.test).raises not in (None, "AssertionError")
        ]
        for node in case.nodes_at(line):
            if not isinstance(node, ast.Assert) or function is None or not wanted:
                continue
            if names_in(node.test) & set(function.parameters):
                said = "refuses an argument by an assertion, which raises an AssertionError."
                yield of_errors(case, "assert-validates-input", line, 0.95, said, wanted)

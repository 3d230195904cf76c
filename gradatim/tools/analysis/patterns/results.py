"""How a function hands over its result, or fails to."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.program import Function


def none_tests(case: Examination, function: Function) -> tuple[Contrast, ...]:
    """Tests of a function itself that got None for something else."""
    return tuple(item for item in case.wrong if item.none_returned and item.function == function.name)


def prints_of(function: Function) -> list[ast.Call]:
    return [node for node in function.nodes if isinstance(node, ast.Call) and called_name(node) == "print"]


def ran_tests(case: Examination, function: Function, line: int) -> tuple[str, ...]:
    """Failing tests of a function that did not raise, and that ran a line as far as is known."""
    found = [item.test for item in case.wrong_of(function) if case.ran_in(item.test, line) is not False]
    return tuple(test for test in case.failed_ids if test in found)

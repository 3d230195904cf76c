"""A beginner believes that a call may leave out or add arguments.

A TypeError counts the arguments of a call of one of the program's own functions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "missing-self-parameter",
    "wrong-argument-count",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A call with too many or too few arguments for the function of the program."""
    pattern = (
        r"(\w+)\(\) (?:missing \d+ required|takes (?:from )?\d+ .*but \d+ (?:was|were) given|takes \d+ positional)"
    )
    seen: set[tuple[str, int]] = set()
    for found in case.raised("TypeError", pattern):
        named = [item for item in case.program.functions if item.name == found.name]
        if not named or (found.name, found.line) in seen:
            continue
        function = named[-1]
        seen.add((found.name, found.line))
        why = f"TypeError in {name_tests(found.tests)}."
        if function.owner is not None and _lacks_self(function):
            fact = (
                f"Line {function.line}: the method {function.name} of {function.owner} has no `self` as "
                "its first parameter."
            )
            yield Sign("missing-self-parameter", (function.line,), 0.94, fact, why, found.tests, anywhere=True)
        elif function.owner is None or found.line or function.name == "__init__":
            line = found.line or function.line
            fact = (
                f"Line {line}: `{case.program.line(line)}` calls {function.name} with another number of "
                "arguments than it has parameters."
                if found.line and found.line != function.line
                else f"Line {line}: {function.name} has another number of parameters than it is called with."
            )
            lines = tuple(dict.fromkeys((line, function.line)))
            yield Sign("wrong-argument-count", lines, 0.92, fact, why, found.tests, anywhere=True)


def _lacks_self(function: Function) -> bool:
    if any(
        isinstance(item, ast.Name) and item.id in ("staticmethod", "classmethod")
        for item in function.node.decorator_list
    ):
        return False
    return not function.parameters or function.parameters[0] not in ("self", "cls")

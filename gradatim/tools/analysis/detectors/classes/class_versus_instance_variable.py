"""A beginner believes that a variable of the class belongs to each object.

A method assigns the class's variable by the class's name, and objects disturb each other.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("class-versus-instance-variable",)


def detect(case: Examination) -> Iterator[Sign]:
    """A value of each object kept in the class, by the class's name."""
    for item in case.functions:
        if item.owner is None:
            continue
        for node in item.nodes:
            match node:
                case ast.Attribute(value=ast.Name(id=owner), attr=name, ctx=ast.Store()) if (
                    owner == item.owner and not _asked_of_class(case, owner, name)
                ):
                    line = node.lineno
                    fact = (
                        f"Line {line}: `{case.program.line(line)}` changes `{name}` of the class, which "
                        "all objects share."
                    )
                    why = f"Failing: {name_tests(case.failed_ids)}."
                    yield Sign("class-versus-instance-variable", (line,), 0.88, fact, why, case.failed_ids)
                case _:
                    continue


def _asked_of_class(case: Examination, owner: str, name: str) -> bool:
    """Whether a test asks for the class's variable by the class's name, so that it is meant to be shared."""
    return any(f"{owner}.{name}" in f"{test.call} {test.check}" for test in case.task.tests)

"""A beginner believes that every name assigned in the body of a dataclass is a field.

A dataclass assigns names without type hints.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call, library_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("dataclass-fields-without-hints",)


def detect(case: Examination) -> Iterator[Sign]:
    """A name without a hint in a dataclass, where creating an object fails."""
    for owner in case.program.classes:
        marks = [library_name(case.program, mark, "dataclasses") for mark in owner.decorator_list]
        marks += [library_call(case.program, mark, "dataclasses") for mark in owner.decorator_list]
        if "dataclass" not in marks:
            continue
        hinted = any(isinstance(item, ast.AnnAssign) for item in owner.body)
        raised = case.raised("TypeError", rf"^{owner.name}\.__init__\(\) (got an unexpected|takes)")
        for statement in owner.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)]) if not name.isupper() and not name.startswith("_"):
                    pass
                case _:
                    continue
            if raised or not hinted:
                said = f"gives `{name}` no type hint, so it is no field of the dataclass."
                yield of_line(case, "dataclass-fields-without-hints", statement.lineno, 0.94, said, anywhere=True)
                break

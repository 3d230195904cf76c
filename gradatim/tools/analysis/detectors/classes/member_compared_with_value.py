"""A beginner believes that a member of an enumeration is its value.

A value of an enumeration is compared with what is given, and tests give its members.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("enumeration-member-equals-value",)


def detect(case: Examination) -> Iterator[Sign]:
    """A comparison with the bare value of a member of a plain Enum."""
    values = {
        (owner.name, item.value.value)
        for owner in case.program.classes
        if any(library_name(case.program, base, "enum") == "Enum" for base in owner.bases) and len(owner.bases) == 1
        for item in owner.body
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant)
    }
    failing = " ".join(
        f"{test.call or ''} {test.check or ''}" for test in case.task.tests if test.id in case.failed_ids
    )
    for node, _ in case.places:
        match node:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant(value=value)]):
                pass
            case _:
                continue
        for owner, known in values:
            direct = isinstance(left, ast.Attribute) and isinstance(left.value, ast.Name) and left.value.id == owner
            given = isinstance(left, ast.Name) and re.search(rf"\b{owner}\.\w+\b(?!\.value)", failing) is not None
            if known == value and type(known) is type(value) and (direct or given):
                said = f"compares with the value of a member of {owner}, to which no member is equal."
                yield of_line(case, "enumeration-member-equals-value", node.lineno, 0.94, said)
                break

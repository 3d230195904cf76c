"""A beginner believes that a loop stops at the moment the end marker is read.

The value just read is used before the condition is tested again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, literal
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import constant_number, names_in
from gradatim.tools.analysis.patterns.telling import of_errors, of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("end-marker-treated-as-data",)


def detect(case: Examination) -> Iterator[Sign]:
    """A value that is read in the loop and used below, though it may be the end marker."""
    for loop, function in case.loops:
        match loop:
            case ast.While(test=ast.Compare(left=ast.Name(id=name), ops=[ast.NotEq()], comparators=[marker])):
                pass
            case _:
                continue
        place = next((i for i, part in enumerate(loop.body) if _reads_next(part, name)), None)
        if place is None or any(name in names_in(part) for part in loop.body[:place]):
            continue
        used = next((part for part in loop.body[place + 1 :] if name in names_in(part)), None)
        if not isinstance(used, ast.AugAssign | ast.Expr | ast.Assign):
            continue
        said = f"uses `{name}` before the loop tests whether it is the end marker."
        number = constant_number(marker)
        facts = [fact for fact in case.wrong_of(function) if _one_too_many(fact, number)]
        raised = [item for item in case.raised("ValueError") if item.line == used.lineno]
        if raised:
            yield of_errors(case, "end-marker-treated-as-data", used.lineno, 0.92, said, raised)
        elif facts:
            seen = "The result contains the marker"
            yield of_facts(case, "end-marker-treated-as-data", used.lineno, 0.92, said, seen, facts)


def _reads_next(part: ast.stmt, name: str) -> bool:
    match part:
        case ast.Assign(targets=[ast.Name(id=target)], value=ast.Call()):
            return target == name
        case _:
            return False


def _one_too_many(fact: Contrast, marker: float | None) -> bool:
    if fact.one_more:
        return True
    if fact.output and isinstance(fact.expected, str) and isinstance(fact.actual, str):
        wanted, got = literal(fact.expected.strip()), literal(fact.actual.strip())
        if isinstance(wanted, int | float) and isinstance(got, int | float):
            return wanted - got in (-1, -(marker or 0)) and wanted != got
    return fact.difference is not None and fact.difference in (-1, -(marker or 0)) and fact.difference != 0

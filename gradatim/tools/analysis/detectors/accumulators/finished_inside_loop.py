"""A beginner puts the last step of a calculation into the loop that prepares it.

A total is divided, or stored, in every round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.sign import Sign

TELLS = ("statement-wrongly-inside-loop",)


def detect(case: Examination) -> Iterator[Sign]:
    """The last step of a calculation done in every round: a division of the total, or storing it."""
    for loop, function in case.loops:
        facts = case.wrong_of(function)
        totals = {name for part in loop.body if isinstance(part, ast.AugAssign) and (name := grows(part)) is not None}
        for part in loop.body:
            if _divides(part, totals) or (_stores(part, totals) and all(_longer_by_steps(fact) for fact in facts)):
                tests = tuple(fact.test for fact in facts)
            else:
                continue
            if tests:
                text = case.program.line(part.lineno)
                fact = f"Line {part.lineno}: `{text}` is done in every round of the loop of line {loop.lineno}."
                why = f"The result is wrong in {name_tests(tests)}."
                yield Sign("statement-wrongly-inside-loop", (part.lineno,), 0.92, fact, why, tests)


def _divides(part: ast.stmt, totals: set[str]) -> bool:
    """Whether a statement is `total = total / …`."""
    match part:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=left), op=op)):
            return name == left and name in totals and isinstance(op, ast.Div | ast.FloorDiv)
        case _:
            return False


def _stores(part: ast.stmt, totals: set[str]) -> bool:
    """Whether a statement is `results.append(total)`."""
    match part:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[ast.Name(id=name)])):
            return name in totals
        case _:
            return False


def _longer_by_steps(fact: Contrast) -> bool:
    """Whether the wanted items came in order, with others between them."""
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or len(got) <= len(wanted):
        return False
    rest = iter(got)
    return all(item in rest for item in wanted)

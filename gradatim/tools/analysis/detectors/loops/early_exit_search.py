"""A beginner believes that the first item decides a question about all items.

Both ways through the body of a loop return, so that only the first item is looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import leaves
from gradatim.tools.analysis.patterns.results import ran_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("early-exit-search",)


def detect(case: Examination) -> Iterator[Sign]:
    """A search that is settled by the first item: both branches of its if return."""
    for loop, function in case.loops:
        if function is None or isinstance(loop, ast.AsyncFor) or not loop.body:
            continue
        if isinstance(loop, ast.While) and isinstance(loop.test, ast.Constant):
            continue
        ends = _two_ways_out(loop)
        if ends is None:
            continue
        first, second = ends
        if any(isinstance(node, ast.Continue | ast.Break) for part in loop.body for node in ast.walk(part)):
            continue
        if _computed(first) or _computed(second):
            continue
        tests = ran_tests(case, function, second.lineno)
        if tests:
            fact = (
                f"Line {second.lineno}: `{case.program.line(second.lineno)}` leaves the loop of line "
                f"{loop.lineno} "
                "as soon as one item does not fit."
            )
            why = f"That return ended the loop early in {name_tests(tests)}."
            yield Sign("early-exit-search", (second.lineno, first.lineno), 0.9, fact, why, tests)


def _two_ways_out(loop: ast.For | ast.While) -> tuple[ast.Return, ast.Return] | None:
    """The two returns of `if …: return A` with `else: return B` (or `return B` below) at the end of a body."""
    body = loop.body
    for place, part in enumerate(body):
        if leaves([part]):
            body = body[: place + 1]  # what stands behind is never run
            break
    last = body[-1]
    if isinstance(last, ast.If) and last.orelse:
        yes, no = last.body[-1], last.orelse[-1]
        if isinstance(no, ast.If) and no.orelse:
            yes, no = no.body[-1], no.orelse[-1]
        if isinstance(yes, ast.Return) and isinstance(no, ast.Return):
            return yes, no
    if len(body) >= 2 and isinstance(last, ast.Return) and isinstance(before := body[-2], ast.If):
        yes = before.body[-1]
        if isinstance(yes, ast.Return) and not before.orelse:
            return yes, last
    return None


def _computed(item: ast.Return) -> bool:
    """Whether a return hands out a calculation or another function's result, so that it may be no search."""
    return item.value is not None and any(isinstance(node, ast.Call) for node in ast.walk(item.value))

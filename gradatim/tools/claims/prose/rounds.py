"""Which items a loop is said to leave out; seen in traced runs of the visible tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, cast

from gradatim.domain import Check, CheckVerdict, ProseClaim, TestCase
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import expression, literal_value, parse
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.sandbox import Sandbox

_LEAVES_OUT = re.compile(
    r"\b(?P<no>not |never |n't )?(?:skip(?:s|ped|ping)?|miss(?:es|ed|ing)?|leav(?:es|ing) out|ignor(?:es|ed"
    r"|ing)) (?:the )?"
    r"(?P<which>first|last) (?:element|item|number|word|letter|character|digit|reading|value|name|row|entry)\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(r"\b(?:should|would|could|must|may|might|to)\b", re.IGNORECASE)
_TESTS = 3


def rounds(scene: Scene) -> Iterator[Assertion]:
    """A first or last item that the program's only loop is said to leave out."""
    tree = parse(scene.case.submission.code)
    if tree is None or scene.case.execution.load_error is not None:
        return
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
    if len(loops) != 1 or not isinstance(loops[0], ast.For) or not isinstance(loops[0].target, ast.Name):
        return
    for match in _LEAVES_OUT.finditer(scene.text):
        if match["no"] or _FUTURE.search(scene.text[: match.start()][-12:]):
            continue
        probe = partial(_left_out, text=match.group(), loop=loops[0], last=match["which"].lower() == "last")
        yield Assertion((), *match.span(), probe=probe, aside=True)


async def _left_out(case: Case, sandbox: Sandbox, *, text: str, loop: ast.For, last: bool) -> Check:
    """Whether the loop's variable never gets the item, nor its position where it runs over positions."""
    from gradatim.tools.tracing import trace_values, values_after

    claim = ProseClaim(text=text)
    variable = loop.target.id if isinstance(loop.target, ast.Name) else ""
    positions = isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "id", "") == "range"
    seen: list[bool] = []
    for test, items in _with_items(case):
        trace = await trace_values(sandbox, case.task, case.submission.code, test, seconds=0.2)
        values = [literal_value(value) for value in values_after(trace, loop.lineno, variable) if value is not None]
        if trace.status != "ok" or not trace.whole:
            continue
        place = len(items) - 1 if last else 0
        wanted = {place, place - len(items)} if positions else {items[place]}
        seen.append(any(value is not None and value[0] in wanted for value in values))
    if not seen:
        return Check(claim=claim, verdict="unchecked", method="none", detail="no test shows which items the loop sees")
    name = "last" if last else "first"
    if all(seen):
        detail = f"the loop of line {loop.lineno} comes to the {name} item"
        return Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    verdict: CheckVerdict = "unchecked" if any(seen) else "supported"
    detail = f"the loop of line {loop.lineno} never comes to the {name} item"
    return Check(claim=claim, verdict=verdict, method="execution" if not any(seen) else "none", detail=detail)


def _with_items(case: Case) -> Iterator[tuple[TestCase, list[object]]]:
    """Visible tests whose call has one argument, of at least two different plain items."""
    found = 0
    for test in case.task.tests:
        call = expression(test.call or "")
        if test.hidden or not isinstance(call, ast.Call) or len(call.args) != 1 or found == _TESTS:
            continue
        value = literal_value(ast.unparse(call.args[0]))
        if value is None or not isinstance(value[0], str | list | tuple):
            continue
        items: list[object] = list(cast("Any", value[0]))
        if (
            len(items) > 1
            and all(isinstance(item, str | int | float) for item in items)
            and len(set(items)) == len(items)
        ):
            found += 1
            yield test, items

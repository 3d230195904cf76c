"""Checks of what happens while a program runs: values of variables, whether it ends, how its steps grow."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from gradatim.domain import (
    Check,
    ComplexityClaim,
    ComplexityOrder,
    TerminationClaim,
    TestCase,
    VariableValueClaim,
)
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import literal_value, same_value
from gradatim.tools.sandbox import Sandbox

_ENDLESS = frozenset({"timeout", "output-limit", "memory"})
_SIZES = (8, 16, 32, 64, 128, 256)
_SMALL = tuple(range(4, 17, 2))
"""Sizes for programs whose steps may double with each further one."""
_SECONDS = 1.0
_TRACED = 3
"""Tests that are traced for a value that no call is named for."""
_GROWTH: dict[ComplexityOrder, Callable[[float], float]] = {
    "constant": lambda size: 0.0,
    "logarithmic": math.log2,
    "linear": lambda size: size,
    "linearithmic": lambda size: size * math.log2(size),
    "quadratic": lambda size: size**2,
    "cubic": lambda size: size**3,
    "exponential": lambda size: 2.0 ** min(size, 500),
}
_RIGHT = 0.03
"""Root mean square of the relative error up to which a growth fits."""
_HIDDEN = 2
"""Orders of growth that built-in functions may hide."""
_WRONG = 0.12
"""The same, from which on it does not."""


async def check_variable_value(claim: VariableValueClaim, case: Case, sandbox: Sandbox) -> Check:
    """Run the call, or some visible tests, and look at the variable after the line."""
    from gradatim.tools.tracing import trace_values, values_after

    seen: list[str] = []
    whole = True
    runs: list[TestCase | str] = [claim.call] if claim.call else list(_visible(case))
    for run in runs:
        trace = await trace_values(sandbox, case.task, case.submission.code, run, filename=case.submission.filename)
        whole = whole and trace.whole
        lines = [claim.line] if claim.line else sorted(trace.hits)
        for line in lines:
            values = [value for value in values_after(trace, line, claim.variable) if value is not None]
            if claim.occurrence is not None:
                values = values[claim.occurrence - 1 : claim.occurrence]
            seen += values
    if not seen:
        return _open(claim, f"`{claim.variable}` was not seen to have a value there")
    if any(same_value(claim.value, value) for value in seen):
        detail = f"`{claim.variable}` is {claim.value}"
        return Check(claim=claim, verdict="supported", method="execution", detail=detail)
    # what no call was named for may be meant of a run that was not looked at
    if claim.call is None or not whole:
        return _open(claim, f"`{claim.variable}` was not seen to be {claim.value}")
    shown = ", ".join(dict.fromkeys(seen[:4]))
    return Check(claim=claim, verdict="refuted", method="execution", detail=f"`{claim.variable}` is {shown} there")


def check_termination(claim: TerminationClaim, case: Case) -> Check:
    """Looked up in the outcomes of the tests."""
    hidden = {test.id for test in case.task.tests if test.hidden}
    outcomes = [item for item in case.execution.outcomes if item.status != "not-run"]
    endless = [item for item in outcomes if item.status in _ENDLESS]
    if claim.ends:
        endless = [item for item in endless if item.test not in hidden]
    if case.execution.load_error is not None or not outcomes:
        return _open(claim, "no test could be run")
    if endless:
        name = "a hidden test" if endless[0].test in hidden else f"test {endless[0].test}"
        detail = f"{name} did not end by itself"
        return Check(claim=claim, verdict="refuted" if claim.ends else "supported", method="evidence", detail=detail)
    detail = "every test ended by itself"
    return Check(claim=claim, verdict="supported" if claim.ends else "refuted", method="evidence", detail=detail)


async def check_complexity(claim: ComplexityClaim, case: Case, sandbox: Sandbox) -> Check:
    """Count the lines that run on growing inputs like those of the tests, and see which growth fits.

    Work inside built-in functions counts as one step of its line; a claim of a little more growth than that of the
    lines is therefore left undecided.
    """
    from gradatim.tools.tracing import trace_values

    for test in case.task.tests:
        if test.hidden or test.call is None or not _passed(case, test):
            continue
        for family in _scaled(test.call):
            points: list[tuple[int, int]] = []
            for size, call in family:
                trace = await trace_values(sandbox, case.task, case.submission.code, call, seconds=_SECONDS)
                if trace.status != "ok":
                    break
                points.append((size, sum(trace.hits.values())))
            if len(points) >= 4:
                return _fitted(claim, points)
    return _open(claim, "no test has an input that could be made larger")


def _fitted(claim: ComplexityClaim, points: Sequence[tuple[int, int]]) -> Check:
    errors = {order: _misfit(points, growth) for order, growth in _GROWTH.items()}
    fitting = [order for order in _GROWTH if errors[order] <= _RIGHT]
    best = fitting[0] if fitting else min(errors, key=lambda order: errors[order])
    shown = ", ".join(f"{steps} for {size}" for size, steps in points[-3:])
    detail = f"the lines that run grow as {shown}: {best}"
    if best == claim.order:
        return Check(claim=claim, verdict="supported", method="execution", detail=detail)
    orders: list[str] = list(_GROWTH)
    if errors[claim.order] >= _WRONG and errors[best] <= _RIGHT and orders.index(claim.order) < orders.index(best):
        return Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    if errors[best] <= _RIGHT and orders.index(claim.order) > orders.index(best) + _HIDDEN:
        return Check(claim=claim, verdict="refuted", method="execution", detail=detail)
    return _open(claim, detail)


def _misfit(points: Sequence[tuple[int, int]], growth: Callable[[float], float]) -> float:
    """Root mean square of the relative error of the best `a + b · growth(size)`, weighted by the steps."""
    xs = [growth(size) for size, _ in points]
    ys = [float(steps) for _, steps in points]
    weights = [1 / max(y, 1.0) ** 2 for y in ys]
    total = sum(weights)
    mean_x = sum(w * x for w, x in zip(weights, xs, strict=True)) / total
    mean_y = sum(w * y for w, y in zip(weights, ys, strict=True)) / total
    spread = sum(w * (x - mean_x) ** 2 for w, x in zip(weights, xs, strict=True))
    slope = 0.0
    if spread > 0:
        slope = sum(w * (x - mean_x) * (y - mean_y) for w, x, y in zip(weights, xs, ys, strict=True)) / spread
    base = mean_y - slope * mean_x
    errors = [((base + slope * x - y) / max(y, 1.0)) ** 2 for x, y in zip(xs, ys, strict=True)]
    return math.sqrt(sum(errors) / len(errors)) if slope >= 0 else math.inf


def _scaled(call: str) -> Iterator[list[tuple[int, str]]]:
    """Families of calls of growing size, made from one call by growing one of its arguments."""
    try:
        tree = ast.parse(call.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    if not isinstance(tree, ast.Call) or tree.keywords:
        return
    for position, argument in enumerate(tree.args):
        value = literal_value(ast.unparse(argument))
        if value is None:
            continue
        for sizes in (_SIZES, _SMALL):
            family: list[tuple[int, str]] = []
            for size in sizes:
                grown = _grown(value[0], size)
                if grown is None:
                    break
                texts = [ast.unparse(item) for item in tree.args]
                texts[position] = repr(grown)
                family.append((size, f"{ast.unparse(tree.func)}({', '.join(texts)})"))
            if len(family) == len(sizes):
                yield family


def _grown(value: Any, size: int) -> Any:
    """A value like this one, of the given size; `None` where it has none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int) and value > 0:
        return size
    if isinstance(value, str | list | tuple):
        content = cast("Any", value)
        length = len(content)
        return (content * (size // length + 1))[:size] if length else None
    return None


def _visible(case: Case) -> Iterator[TestCase]:
    """Visible tests that can be traced, failing ones first."""
    tests = [test for test in case.task.tests if not test.hidden and test.form != "suite"]
    tests.sort(key=lambda test: _passed(case, test))
    yield from tests[:_TRACED]


def _passed(case: Case, test: TestCase) -> bool:
    return any(item.test == test.id and item.status == "passed" for item in case.execution.outcomes)


def _open(claim: VariableValueClaim | TerminationClaim | ComplexityClaim, detail: str) -> Check:
    return Check(claim=claim, verdict="unchecked", method="none", detail=detail)

"""What a missing or an additional round of a loop looks like in the results."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from math import isclose
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, is_number
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import (
    names_in,
)
from gradatim.tools.analysis.program import Function


def too_small(case: Examination, fact: Contrast) -> bool:
    """Whether a result is what the same work without its last round gives."""
    if fact.last_missing:
        return True
    gap = fact.difference
    if gap is None:
        return False
    if gap == 1 or any(gap in (n, n * n, n**3) for n in fact.numbers_in if abs(n) < 1e6 and n > 0):
        return True
    if any(is_number(fact.actual) and fact.actual and fact.expected == fact.actual * n for n in fact.numbers_in):  # type: ignore[operator]
        return True
    return is_neighbour(case, fact, -1)


def behind(case: Examination, loop: ast.For, function: Function | None) -> bool:
    """Whether every wrong result is too small, and a loop's number of rounds is all that can make it so.

    That is: the function has this loop alone, and the loop only carries values forward, without leaving early.
    """
    facts = case.wrong_of(function)
    if function is None or len(facts) < 2:
        return False
    inside = [node for part in loop.body for node in ast.walk(part)]
    loops = [node for node in function.nodes if isinstance(node, ast.For | ast.While)]
    branches = any(isinstance(node, ast.Return | ast.Break | ast.Continue | ast.If | ast.While) for node in inside)
    swaps = any(isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) for node in inside)
    carries = swaps or all(isinstance(part, ast.AugAssign) for part in loop.body)
    small = all((fact.difference or 0) > 0 and is_number(fact.actual) for fact in facts)
    return small and carries and not branches and loops == [loop]


def is_neighbour(case: Examination, fact: Contrast, step: int) -> bool:
    """Whether another test, whose single number is `step` away, wants the value that came here."""
    if len(fact.arguments or ()) != 1 or len(fact.numbers_in) != 1 or isinstance(fact.actual, bool):
        return False
    wanted = fact.numbers_in[0] + step
    return any(
        other.numbers_in == (wanted,) and other.expected == fact.actual and other.function == fact.function
        for other in case.contrasts
    )


def last_item_missing(fact: Contrast) -> bool:
    """Whether a number is short by the last item (or by one) of a list among the arguments."""
    if fact.last_missing:
        return True
    gap = fact.difference
    return gap is not None and any(gap == 1 or (len(s) > 0 and _missing(s, s[-1], gap)) for s in fact.sequences_in)


def first_item_missing(fact: Contrast) -> bool:
    if fact.first_missing:
        return True
    gap = fact.difference
    return gap is not None and any(gap == 1 or (len(s) > 0 and _missing(s, s[0], gap)) for s in fact.sequences_in)


def _missing(found: Sequence[object], item: object, gap: float) -> bool:
    """Whether an item is what a sum, or a mean, of its sequence lacks."""
    if item == gap:
        return True
    return is_number(item) and bool(item) and isclose(gap * len(found), cast(float, item), rel_tol=1e-9)


def holding(facts: Sequence[Contrast], held: Sequence[bool]) -> tuple[str, ...]:
    """Ids of the tests that fit a guess, if at least two thirds of them do."""
    tests = tuple(fact.test for fact, holds in zip(facts, held, strict=True) if holds)
    return tests if tests and 3 * len(tests) >= 2 * len(facts) else ()


def subscripts(loop: ast.For | ast.While, index: str) -> list[tuple[ast.Subscript, int]]:
    """Subscripts `x[index + k]` in a loop, with k."""
    found: list[tuple[ast.Subscript, int]] = []
    for node in (item for part in loop.body for item in ast.walk(part)):
        if not isinstance(node, ast.Subscript):
            continue
        match node.slice:
            case ast.Name(id=name) if name == index:
                found.append((node, 0))
            case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=ast.Constant(value=int() as k)) if name == index:
                found.append((node, k))
            case ast.BinOp(left=ast.Name(id=name), op=ast.Sub(), right=ast.Constant(value=int() as k)) if name == index:
                found.append((node, -k))
            case ast.Slice() if index in names_in(node.slice):
                found.append((node, 1))
            case _:
                continue
    return found


def minus_one(node: ast.expr) -> ast.expr | None:
    """x of `x - 1`."""
    match node:
        case ast.BinOp(left=left, op=ast.Sub(), right=ast.Constant(value=1)):
            return left
        case _:
            return None


def plus_one(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=1)):
            return left
        case _:
            return None

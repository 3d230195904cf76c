"""A beginner believes that the exact form of the bounds does not matter in binary search.

The bounds do not close in on each other, or the last candidate is never looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import names_in, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("binary-search-bounds",)


def detect(case: Examination) -> Iterator[Sign]:
    """A step of a binary search that keeps the middle, or a condition that leaves a candidate out."""
    for loop, function in case.loops:
        match loop:
            case ast.While(
                test=ast.Compare(
                    left=ast.Name(id=low), ops=[ast.Lt() | ast.LtE() as sign], comparators=[ast.Name(id=high)]
                )
            ):
                pass
            case _:
                continue
        middle = next((name for part in loop.body if (name := _middle(part, low, high)) is not None), None)
        if middle is None or function is None:
            continue
        steps = [step for node in own_loop_nodes(loop) if (step := _step(node, middle)) is not None]
        kept = [line for name, offset, line in steps if name == low and offset == 0]
        stopped = tuple(test for test in case.timed_out if case.ran_in(test, loop.lineno) is not False)
        if kept and stopped:
            said = f"keeps `{middle}` in the range, so that the range need not become smaller."
            found = of_line(case, "binary-search-bounds", kept[0], 0.93, said)
            yield replace(found, tests=stopped, why=f"Time ran out in {name_tests(stopped)}.")
        after = any(
            isinstance(node, ast.Name) and node.id in (low, high) and node.lineno > (loop.end_lineno or loop.lineno)
            for node in function.nodes
        )
        closed = any(name == high and offset == -1 for name, offset, _ in steps) and not kept
        if isinstance(sign, ast.Lt) and closed and not after and _ends_at_last(case, function, high):
            said = f"ends when `{low}` and `{high}` are equal, and the item there is not looked at."
            yield of_line(case, "binary-search-bounds", loop.lineno, 0.9, said)


def _middle(part: ast.stmt, low: str, high: str) -> str | None:
    match part:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.FloorDiv() | ast.Add()) as value):
            return name if {low, high} <= names_in(value) else None
        case _:
            return None


def _step(node: ast.AST, middle: str) -> tuple[str, int, int] | None:
    """The bound that a line moves, by how much beside the middle, and the line."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=source)) if source == middle:
            return name, 0, node.lineno
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.BinOp(left=ast.Name(id=source), op=ast.Add() | ast.Sub() as op, right=ast.Constant(value=1)),
        ) if source == middle:
            return name, 1 if isinstance(op, ast.Add) else -1, node.lineno
        case _:
            return None


def _ends_at_last(case: Examination, function: Function, high: str) -> bool:
    """Whether the upper bound starts at the last position."""
    for store in function.stores(high):
        statement = case.program.statement_of(store)
        if isinstance(statement, ast.Assign):
            for node in ast.walk(statement.value):
                match node:
                    case ast.BinOp(left=ast.Call(func=ast.Name(id="len")), op=ast.Sub(), right=ast.Constant(value=1)):
                        return True
                    case _:
                        continue
    return False

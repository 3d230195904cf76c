"""While loops: what their condition depends on, and what their body does to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, constant_number, names_in, own_loop_nodes
from gradatim.tools.analysis.program import stored_names

CHANGING = frozenset(
    ["append", "pop", "remove", "insert", "extend", "clear", "add", "discard", "popleft", "update", "sort"]
)


def changed_names(loop: ast.While) -> dict[str, list[ast.AST]]:
    """Names that the body may change, with the nodes that do."""
    found: dict[str, list[ast.AST]] = {}
    for node in body_nodes(loop.body):
        for name in stored_names(node):
            found.setdefault(name, []).append(node)
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if method in CHANGING:
                found.setdefault(name, []).append(node)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.setdefault(name, []).append(node)
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store()):
                found.setdefault(name, []).append(node)
            case _:
                continue
    return found


def can_leave(loop: ast.While) -> bool:
    own = any(isinstance(node, ast.Break) for node in own_loop_nodes(loop))
    return own or any(isinstance(node, ast.Return | ast.Raise) for node in body_nodes(loop.body))


def condition_names(loop: ast.While) -> frozenset[str]:
    called = {
        node.func.id for node in ast.walk(loop.test) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return names_in(loop.test) - called


def endless_loops(case: Examination) -> Iterator[tuple[ast.While, tuple[str, ...]]]:
    """While loops that a timed-out test may have hung in."""
    tests = case.timed_out
    if not tests:
        return
    loops = [loop for loop, _ in case.loops if isinstance(loop, ast.While)]
    for loop in loops:
        body = range(loop.body[0].lineno, (loop.end_lineno or loop.lineno) + 1)
        ran = [test for test in tests if all(case.ran_in(test, line) is not True for line in body)]
        known = [test for test in tests if case.ran_in(test, loop.lineno) is not None]
        if known and len(ran) == len(known) == len(tests):
            continue
        yield loop, tests


def step_of(node: ast.AST, name: str) -> tuple[ast.stmt, float] | None:
    """By how much a statement moves a name, if it does so by a constant."""
    match node:
        case ast.AugAssign(target=ast.Name(id=target), op=ast.Add(), value=value) if target == name:
            number = constant_number(value)
            return None if number is None else (node, number)
        case ast.AugAssign(target=ast.Name(id=target), op=ast.Sub(), value=value) if target == name:
            number = constant_number(value)
            return None if number is None else (node, -number)
        case ast.Assign(
            targets=[ast.Name(id=target)], value=ast.BinOp(left=ast.Name(id=source), op=op, right=value)
        ) if target == name == source and isinstance(op, ast.Add | ast.Sub):
            number = constant_number(value)
            return None if number is None else (node, number if isinstance(op, ast.Add) else -number)
        case _:
            return None


def steps_of(loop: ast.While, name: str) -> list[tuple[ast.stmt, float]]:
    return [step for node in body_nodes(loop.body) if (step := step_of(node, name)) is not None]

"""A beginner believes that a return inside a loop waits until the loop has ended.

A loop builds up a value and returns it in the same round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.results import ran_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("return-inside-loop",)


def _in_loop(case: Examination, statement: ast.stmt) -> ast.For | ast.While | None:
    above = case.program.parent(statement)
    return above if isinstance(above, ast.For | ast.While) and statement in above.body else None


def detect(case: Examination) -> Iterator[Sign]:
    """A loop that is left by the return of a result that it has only begun to build."""
    for function in case.functions:
        for item in function.returns:
            loop = _in_loop(case, item)
            begun = _begun(loop.body, item) if loop is not None else _begun_in_branch(case, function, item)
            around = case.program.loops_around(item)
            tests = ran_tests(case, function, item.lineno)
            if begun is None or not around or not tests:
                continue
            text = case.program.line(item.lineno)
            fact = f"Line {item.lineno}: the loop builds up `{begun}`, and `{text}` stands inside it."
            why = f"It ends the loop of line {around[0].lineno} early in {name_tests(tests)}."
            yield Sign("return-inside-loop", (item.lineno,), 0.92, fact, why, tests)


def _begun(block: list[ast.stmt], item: ast.Return) -> str | None:
    """The name that a block changes and then hands out by a return at its end."""
    if item.value is None or isinstance(item.value, ast.Constant):
        return None
    before = [node for part in block[: block.index(item)] for node in ast.walk(part)]
    if any(isinstance(node, ast.Continue) for node in before):
        return None
    changed = {name for node in before for name in _changed_by(node)}
    returned = {node.id for node in ast.walk(item.value) if isinstance(node, ast.Name)}
    return min(changed & returned, default=None)


def _begun_in_branch(case: Examination, function: Function, item: ast.Return) -> str | None:
    """The same in an if of a loop, for a name that is handed out behind the loop as well."""
    above = case.program.parent(item)
    if not isinstance(above, ast.If) or item not in above.body or not isinstance(item.value, ast.Name):
        return None
    loops = case.program.loops_around(item)
    again = any(
        other is not item
        and isinstance(other.value, ast.Name)
        and other.value.id == item.value.id
        and loops
        and not case.program.loops_around(other)
        for other in function.returns
    )
    return _begun(above.body, item) if again else None


def _changed_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.AugAssign(target=ast.Subscript(value=ast.Name(id=name))):
            yield name
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
            yield name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add" | "insert" | "extend")):
            yield name
        case _:
            return

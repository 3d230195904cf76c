"""Misconceptions about leaving a loop: by return or break, too early."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.detectors.results import ran_tests
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign


def _in_loop(case: Examination, statement: ast.stmt) -> ast.For | ast.While | None:
    above = case.program.parent(statement)
    return above if isinstance(above, ast.For | ast.While) and statement in above.body else None


def return_inside_loop(case: Examination) -> Iterator[Sign]:
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


def early_exit_search(case: Examination) -> Iterator[Sign]:
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


def break_for_continue(case: Examination) -> Iterator[Sign]:
    """A break where one item should be skipped: the result ends at the first such item."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For):
            continue
        for part in loop.body[:-1]:
            match part:
                case ast.If(body=[ast.Break() as jump], orelse=[]):
                    pass
                case _:
                    continue
            tests = tuple(
                fact.test
                for fact in case.wrong_of(function)
                if _cut_off(fact) and case.ran_in(fact.test, jump.lineno) is not False
            )
            if tests and len(tests) == len(case.wrong_of(function)):
                fact = (
                    f"Line {jump.lineno}: `break` ends the loop of line {loop.lineno} at the first item "
                    f"for which line {part.lineno} holds."
                )
                why = f"What comes after that item is missing in {name_tests(tests)}."
                yield Sign("continue-is-break", (jump.lineno, part.lineno), 0.9, fact, why, tests)


def _cut_off(fact: Contrast) -> bool:
    """Whether a shorter beginning of the wanted items came."""
    pieces = fact.pieces
    return (
        pieces is not None and len(pieces[1]) < len(pieces[0]) and list(pieces[0])[: len(pieces[1])] == list(pieces[1])
    )

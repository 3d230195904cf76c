"""Changes of what a function hands back, and of how it calls itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.changes import Change, loops_of
from gradatim.tools.analysis.corrections.reading import Reading
from gradatim.tools.analysis.flow import called_name, same
from gradatim.tools.analysis.program import Program


def readings(change: Change, program: Program) -> Iterator[Reading]:
    """Readings of a change of a result."""
    if change.kind == "replaced":
        yield from _of_statement(change)
        yield from _of_value(change)
        yield from _of_recursion(change)
    elif change.kind == "added" and isinstance(change.new, ast.Return):
        yield from _of_new_return(change, change.new)


def _calls_itself(node: ast.AST | None, name: str) -> bool:
    return node is not None and any(called_name(part) == name for part in ast.walk(node))


def _of_statement(change: Change) -> Iterator[Reading]:
    """A return for a print, or a return for a value that was dropped."""
    line = change.line
    function = change.function
    match change.old, change.new:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))), ast.Return():
            yield Reading("print-instead-of-return", f"Another use of the result in line {line}", 0.84)
        case ast.Return(), ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            yield Reading("return-instead-of-print", f"Another use of the result in line {line}", 0.8)
        case ast.Expr(value=value), ast.Return(value=after) if same(value, after):
            recursive = function is not None and _calls_itself(value, function.name)
            name = "recursion-missing-return" if recursive else "missing-return"
            yield Reading(name, f"Another use of the value in line {line}", 0.84)
        case ast.Call(func=ast.Name(id="print"), args=[only]), ast.expr() as after if same(only, after):
            yield Reading("print-returns-value", f"A change of the value in line {line}", 0.8)
        case _:
            return


def _of_value(change: Change) -> Iterator[Reading]:
    """Another value behind a return."""
    home = change.old_above[0] if change.old_above else None
    if not isinstance(home, ast.Return) or home.value is not change.old:
        return
    line = change.line
    function = change.function
    subject = f"A change of the value that is returned in line {line}"
    recursive = function is not None and _calls_itself(function, function.name)
    match change.old, change.new:
        case ast.Constant(value=None), ast.Constant() | ast.List() | ast.Dict() | ast.Tuple():
            if isinstance(change.new, ast.Constant) and change.new.value:
                return
            yield Reading("none-is-false-or-zero", subject, 0.8)
        case _ if recursive and not _calls_itself(home, function.name if function else ""):
            yield Reading("wrong-base-case", subject, 0.78)
        case ast.Name(id=old), ast.Name(id=new) if old != new and _made_in(function, new):
            yield Reading("return-wrong-variable", subject, 0.78)
        case _:
            return


def _made_in(function: ast.FunctionDef | None, name: str) -> bool:
    """Whether a function gives a name a value."""
    return function is not None and any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
        for node in ast.walk(function)
    )


def _of_recursion(change: Change) -> Iterator[Reading]:
    """Another base case, another argument of the recursive call, or another way to use its result."""
    function = change.function
    if function is None or not _calls_itself(function, function.name):
        return
    line = change.line
    call = next((node for node in change.old_above if called_name(node) == function.name), None)
    if isinstance(call, ast.Call):
        if any(change.old is part for argument in call.args for part in ast.walk(argument)):
            subject = f"A change of what the recursive call in line {line} is given"
            yield Reading("recursion-not-approaching-base", subject, 0.7)
        return
    inside = change.old_above[0] if change.old_above else None
    asked = next((node for node in change.old_above if isinstance(node, ast.If)), None)
    if asked is not None and any(change.old is part for part in ast.walk(asked.test)):
        ends = [part for part in asked.body if isinstance(part, ast.Return)]
        if ends and not any(_calls_itself(part, function.name) for part in asked.body):
            yield Reading("wrong-base-case", f"A change of when the recursion ends, in line {line}", 0.72)
        return
    home = next((node for node in (change.old, *change.old_above) if isinstance(node, ast.Return)), None)
    combines = home is not None and _calls_itself(home, function.name) and isinstance(change.old, ast.expr)
    if combines and isinstance(inside, ast.Return | ast.BinOp):
        subject = f"Another use of the recursive result in line {line}"
        yield Reading("recursion-combines-wrongly", subject, 0.76)


def _of_new_return(change: Change, new: ast.Return) -> Iterator[Reading]:
    function = change.function
    if function is None or loops_of(change.new_above):
        return
    others = [node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    subject = f"One statement more in the function {function.name}"
    home = change.new_above[0] if change.new_above else None
    if not isinstance(home, ast.FunctionDef):
        return
    if not others:
        yield Reading("missing-return", subject, 0.84)
    elif new.value is not None:
        yield Reading("return-in-only-one-branch", subject, 0.78)

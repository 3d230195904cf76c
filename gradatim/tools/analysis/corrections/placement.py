"""Statements that a change adds, leaves out, or puts elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.changes import Change
from gradatim.tools.analysis.corrections.reading import Reading
from gradatim.tools.analysis.flow import called_name, constant_number, length_of, names_in, same
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.program import Program, stored_names


def readings(change: Change, program: Program) -> Iterator[Reading]:
    """Readings of a change of what is done where."""
    if change.kind == "moved":
        yield from _of_move(change)
    elif change.kind == "added":
        yield from _of_guard(change)
        yield from _of_preparation(change)
    elif change.kind == "removed":
        yield from _of_omission(change)


def _of_move(change: Change) -> Iterator[Reading]:
    before, after = change.loops
    subject = f"Another place for line {change.line}"
    if isinstance(change.old, ast.Return) and after < before:
        above = change.old_above[0] if change.old_above else None
        branch = isinstance(above, ast.If) and change.old in above.orelse
        yield Reading("early-exit-search" if branch or _second_exit(change) else "return-inside-loop", subject, 0.82)
    elif after < before:
        started = _started(change.old)
        name = "initialise-inside-loop" if started is not None else "statement-wrongly-inside-loop"
        yield Reading(name, subject, 0.8)
    elif after > before:
        yield Reading("statement-wrongly-outside-loop", subject, 0.8)
    elif isinstance(change.old, ast.If | ast.Return):
        return


def _second_exit(change: Change) -> bool:
    """Whether a return in a loop is the way out that the if above it does not take."""
    loop = change.old_above[0] if change.old_above else None
    if not isinstance(loop, ast.For | ast.While) or not isinstance(change.old, ast.stmt) or change.old not in loop.body:
        return False
    above = loop.body[: loop.body.index(change.old)][-1:]
    return bool(above) and isinstance(above[0], ast.If) and any(isinstance(p, ast.Return) for p in above[0].body)


def _started(node: ast.AST | None) -> str | None:
    """Name that a statement starts with a plain value."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            plain = isinstance(value, ast.Constant) or not names_in(value) - {"list", "dict", "set"}
            return name if plain else None
        case _:
            return None


def _of_guard(change: Change) -> Iterator[Reading]:
    """An if that settles special cases before the rest is done."""
    function = change.function
    if function is None or not isinstance(change.new, ast.If) or not change.new_above:
        return
    if not isinstance(change.new_above[0], ast.FunctionDef) or not _leaves_plainly(change.new.body):
        return
    subject = f"A treatment of a special case before line {change.line}"
    raises = any(isinstance(part, ast.Raise) for part in change.new.body)
    recursive = any(called_name(node) == function.name for node in ast.walk(function))
    rest = [node for part in function.body for node in ast.walk(part)]
    divisors = {ast.dump(node.right) for node in rest if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)}
    if raises:
        yield Reading("guard-missing", subject, 0.8)
    elif recursive:
        yield Reading("missing-base-case", subject, 0.78)
    elif _asks_for_nothing(change.new.test):
        yield Reading("empty-input-forgotten", subject, 0.8)
    elif any(ast.dump(part) in divisors for part in _asked_for_zero(change.new.test)):
        yield Reading("division-by-zero-unguarded", subject, 0.78)


def _leaves_plainly(body: Sequence[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Return | ast.Raise)


def _asks_for_nothing(test: ast.expr) -> bool:
    """Whether a condition asks if a list or text is empty."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name()):
            return True
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return length_of(inner) is not None
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant(value=0)]):
            return length_of(left) is not None
        case ast.Compare(left=left, ops=[ast.Lt()], comparators=[ast.Constant(value=1)]):
            return length_of(left) is not None
        case ast.Compare(ops=[ast.Eq()], comparators=[ast.Constant(value="") | ast.List(elts=[]) | ast.Tuple(elts=[])]):
            return True
        case _:
            return False


def _asked_for_zero(test: ast.expr) -> tuple[ast.expr, ...]:
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.LtE()], comparators=[ast.Constant(value=0)]):
            return (left,)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return (inner,)
        case _:
            return ()


def _of_preparation(change: Change) -> Iterator[Reading]:
    """A first value, a declaration or an import that was missing."""
    line = change.line
    match change.new:
        case ast.Global() | ast.Nonlocal():
            yield Reading("global-not-declared", f"One statement more before line {line}", 0.82)
        case ast.Import() | ast.ImportFrom():
            yield Reading("import-missing", f"One statement more before line {line}", 0.82)
        case ast.Assign() as new:
            name = _started(new)
            function = change.function
            if name is None or function is None:
                return
            before, after = change.loops
            made = [
                node for node in ast.walk(function) if isinstance(node, ast.stmt) and name in set(stored_names(node))
            ]
            stores = {item for node in ast.walk(function) for item in stored_names(node)}
            grown = any(grows(node) == name for node in ast.walk(function))
            first = constant_number(new.value) is not None or not names_in(new.value)
            if grown and first and after:
                yield Reading(
                    "statement-wrongly-outside-loop", f"One statement more in the loop before line {line}", 0.7
                )
            elif grown and first and not made and _only_grown(function, name):
                yield Reading("accumulator-not-initialised", f"One statement more before line {line}", 0.8)
            elif name in stores and not after and before == after:
                yield Reading("variable-before-assignment", f"One statement more before line {line}", 0.66)
        case _:
            return


def _only_grown(function: ast.FunctionDef, name: str) -> bool:
    """Whether a name gets values in a function only by being added to."""
    plain = [node for node in ast.walk(function) if isinstance(node, ast.Assign) and name in _targets(node)]
    return all(grows(node) == name for node in plain)


def _targets(node: ast.Assign) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def _of_omission(change: Change) -> Iterator[Reading]:
    """A statement that does harm."""
    line = change.line
    function = change.function
    match change.old:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            yield Reading("extra-debug-output", f"A change of line {line}", 0.76)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if function is not None:
            parameters = {item.arg for item in function.args.args}
            if name in parameters and not names_in(value) & parameters and not change.loops[0]:
                yield Reading("parameter-overwritten", f"A change of line {line}", 0.78)
        case ast.Return() if function is not None:
            above = change.old_above[0] if change.old_above else None
            if change.loops[0] and isinstance(above, ast.For | ast.While | ast.If):
                branch = isinstance(above, ast.If) and change.old in above.orelse
                yield Reading(
                    "early-exit-search" if branch or _second_exit(change) else "return-inside-loop",
                    f"A change of line {line}",
                    0.76,
                )
            elif isinstance(above, ast.FunctionDef) and not same(above.body[-1], change.old):
                yield Reading("code-after-return", f"A change of line {line}", 0.78)
        case _:
            return

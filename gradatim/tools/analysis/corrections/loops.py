"""Changes of where a loop begins, ends and goes on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from gradatim.tools.analysis.changes import Change
from gradatim.tools.analysis.corrections.reading import Reading, shifted
from gradatim.tools.analysis.flow import called_name, constant_number, length_of, names_in, same
from gradatim.tools.analysis.program import Program, stored_names
from gradatim.tools.analysis.rounds import subscripts


def readings(change: Change, program: Program) -> Iterator[Reading]:
    """Readings of a change in the header or the course of a loop."""
    if change.kind == "replaced":
        yield from _of_range(change)
        yield from _of_header(change)
        yield from _of_course(change)
    elif change.kind == "added":
        yield from _of_update(change)
    elif change.kind == "removed":
        yield from _of_reset(change)


def _range_of(change: Change) -> tuple[ast.Call, ast.Call, ast.For] | None:
    """The range of a for loop that a change lies in, before and after, with its loop."""
    old = _within_range(change.old, change.old_above)
    new = _within_range(change.new, change.new_above)
    if old is None or new is None or not isinstance(old[1], ast.For):
        return None
    return old[0], new[0], old[1]


def _within_range(node: ast.AST | None, above: tuple[ast.AST, ...]) -> tuple[ast.Call, ast.AST] | None:
    parts = [part for part in (node, *above) if part is not None]
    for inner, outer in pairwise(parts):
        if isinstance(inner, ast.stmt):
            return None
        if isinstance(inner, ast.Call) and called_name(inner) == "range":
            return (inner, outer) if isinstance(outer, ast.For) and outer.iter is inner else None
    return None


def _of_range(change: Change) -> Iterator[Reading]:
    found = _range_of(change)
    if found is None:
        return
    old, new, loop = found
    line = loop.lineno
    before, after = _bounds(old), _bounds(new)
    if before is None or after is None:
        return
    start = shifted(before[0], after[0])
    stop = shifted(before[1], after[1])
    end = f"A change of the range's end in line {line}"
    begin = f"A change of the range's start in line {line}"
    sized = any(length_of(part) is not None for bound in (before[1], after[1]) for part in ast.walk(bound))
    if start == 0 and stop == 1:
        explicit = len(old.args) >= 2
        if sized:
            yield Reading("off-by-one-loop", end, 0.78)
        elif explicit:
            yield Reading("range-stop-included", end, 0.76)
        else:
            yield Reading("off-by-one-loop", end, 0.74)
    elif start == 0 and stop == -1:
        index = loop.target.id if isinstance(loop.target, ast.Name) else ""
        ahead = any(reach > 0 for _, reach in subscripts(loop, index))
        if sized and ahead:
            yield Reading("adjacent-pairs-overrun", end, 0.78)
        else:
            yield Reading("off-by-one-loop", end, 0.76)
    elif start == 1 and constant_number(before[0]) == 0 and stop in (0, 1) and not sized:
        what = f"A change of where the range in line {line} begins and ends" if stop else begin
        yield Reading("range-starts-at-one", what, 0.75)
    elif start == -1 and constant_number(before[0]) == 1 and stop in (0, -1):
        yield Reading("index-starts-at-one" if sized else "off-by-one-loop", begin, 0.72)
    elif start in (1, -1) and stop == 0:
        yield Reading("off-by-one-loop", begin, 0.66)


def _bounds(call: ast.Call) -> tuple[ast.expr, ast.expr] | None:
    """Start and stop of a range without a step."""
    match call.args:
        case [stop]:
            return ast.Constant(value=0), stop
        case [start, stop]:
            return start, stop
        case _:
            return None


def _of_header(change: Change) -> Iterator[Reading]:
    """What a for loop goes over."""
    loop = change.old_above[0] if change.old_above else None
    if isinstance(loop, ast.For) and loop.iter is change.old and change.new is not None:
        line = loop.lineno
        subject = f"A change of what the loop in line {line} goes over"
        match change.old, change.new:
            case ast.Name(id=name), ast.Subscript(value=ast.Name(id=other), slice=ast.Slice()) if name == other:
                yield Reading("modify-list-while-iterating", subject, 0.8)
            case ast.Name(), ast.Call(func=ast.Name(id="list" | "tuple" | "sorted"), args=[only]):
                if same(only, change.old):
                    yield Reading("modify-list-while-iterating", subject, 0.76)
            case ast.Name(), ast.Call(func=ast.Attribute(value=owner, attr="copy")) if same(owner, change.old):
                yield Reading("modify-list-while-iterating", subject, 0.8)
            case ast.Name(), ast.Call(func=ast.Attribute(value=owner, attr="items" | "values")):
                if same(owner, change.old):
                    yield Reading("dictionary-iterates-values", subject, 0.8)
            case ast.Name() | ast.Call(), ast.Call(func=ast.Name(id="range"), args=[only]):
                if same(only, change.old):
                    yield Reading("range-of-list", subject, 0.8)
                elif same(length_of(only), change.old):
                    yield Reading("loop-variable-is-index-confusion", subject, 0.76)
            case ast.Call(func=ast.Name(id="range"), args=[only]), ast.Name():
                if same(length_of(only), change.new) or same(only, change.new):
                    yield Reading("loop-variable-is-index-confusion", subject, 0.74)
            case _:
                return
    call = _range_of(change)
    match change.old, change.new:
        case ast.expr() as old, ast.Call() as sized if call is not None and same(length_of(sized), old):
            yield Reading("range-of-list", f"A change of the range in line {change.line}", 0.8)
        case _:
            return


def _of_course(change: Change) -> Iterator[Reading]:
    """Whether a loop goes on or ends."""
    if isinstance(change.old, ast.Break) and isinstance(change.new, ast.Continue):
        yield Reading("continue-is-break", f"Another way to go on in line {change.line}", 0.82)


def _of_update(change: Change) -> Iterator[Reading]:
    """A statement that changes what a while loop's condition depends on."""
    loops = [node for node in change.old_above[:3] if isinstance(node, ast.While)]
    if not loops or not isinstance(change.new, ast.Assign | ast.AugAssign):
        return
    loop = loops[0]
    names = names_in(loop.test)
    made = {name for node in ast.walk(change.new) for name in stored_names(node)}
    changed = {name for part in loop.body for node in ast.walk(part) for name in stored_names(node)}
    if made & names and not made & names & changed:
        subject = f"One statement more in the while loop of line {loop.lineno}"
        yield Reading("missing-loop-update", subject, 0.8)


def _of_reset(change: Change) -> Iterator[Reading]:
    """A counter that is no longer set back."""
    loop = change.old_above[0] if change.old_above else None
    match change.old:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if constant_number(value) is not None:
            if isinstance(loop, ast.While) and name in names_in(loop.test):
                yield Reading("loop-variable-reset", f"A change of line {change.line}", 0.8)
        case _:
            return

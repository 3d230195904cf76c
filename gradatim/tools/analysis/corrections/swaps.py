"""Changes that speak for one belief only when they are taken together."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.changes import Change
from gradatim.tools.analysis.corrections.reading import Reading
from gradatim.tools.analysis.flow import same


def readings(changes: Sequence[Change]) -> Iterator[Reading]:
    """Readings of all changes of a program at once."""
    if _answers_exchanged(changes):
        lines = " and ".join(str(change.line) for change in changes)
        yield Reading("inverted-condition", f"A change of the answers in lines {lines}", 0.78)
    elif (line := _at_once(changes)) is not None:
        yield Reading("sequential-swap", f"Another way to give the new values around line {line}", 0.8)


def _answers_exchanged(changes: Sequence[Change]) -> bool:
    """Whether two answers took each other's place."""
    if len(changes) != 2:
        return False
    one, two = changes
    if not all(isinstance(item, ast.Constant) for change in changes for item in (change.old, change.new)):
        return False
    return same(one.old, two.new) and same(two.old, one.new) and one.function is two.function


def _at_once(changes: Sequence[Change]) -> int | None:
    """Line of two assignments that were made one, or got a variable between them that keeps the old value."""
    if not 1 <= len(changes) <= 4:
        return None
    for change in changes:
        for node in (change.new, *change.new_above):
            match node:
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple()):
                    names = {target.id for target in targets if isinstance(target, ast.Name)}
                    assigned = {name for item in changes for name in _assigned(item)}
                    if len(names) == len(targets) >= 2 and len(names & assigned) >= 1 and _touches_all(changes, names):
                        return change.line
                case _:
                    continue
    for change in changes:
        match change.kind, change.new:
            case "added", ast.Assign(targets=[ast.Name(id=kept)], value=ast.Name(id=name)):
                if any(_replaced_name(item, name, kept) for item in changes):
                    return change.line
            case _:
                continue
    return None


def _assigned(change: Change) -> Iterator[str]:
    """Names that the student's part, or the statement that holds it, gives a value."""
    for node in (change.old, *change.old_above):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name
            case _:
                continue


def _touches_all(changes: Sequence[Change], names: set[str]) -> bool:
    """Whether nothing but assignments to these names is changed, and an assignment of its own goes away."""
    gone = [change for change in changes if change.kind == "removed"]
    return bool(gone) and all(set(_assigned(change)) & names for change in changes)


def _replaced_name(change: Change, name: str, kept: str) -> bool:
    match change.old, change.new:
        case ast.Name(id=old), ast.Name(id=new):
            return old == name and new == kept
        case _:
            return False

"""What a changed program has that the student's has not: the smallest parts in which two trees differ."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Literal, TypeVar, cast

from gradatim.tools.analysis.flow import same

N = TypeVar("N", bound=ast.AST)
Above = tuple[ast.AST, ...]

_MOST_STATEMENTS = 60
"""Statements of one block that are still aligned: beyond, the time would grow too much."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place where the changed program differs.

    Attributes:
        kind: A part was `replaced`, or a statement was `added`, `removed` or `moved`.
        old: The part in the student's program; `None` if it was added.
        new: What stands for it; `None` if it was removed.
        old_above: What holds the place in the student's program, innermost first.
        new_above: The same in the changed program.
        line: 1-based line of the student's program; of an addition, the line that it comes before (or the last one
            of its block).
    """

    kind: Literal["replaced", "added", "removed", "moved"]
    old: ast.AST | None
    new: ast.AST | None
    old_above: Above
    new_above: Above
    line: int

    def holder(self, kind: type[N]) -> N | None:
        """The innermost part of a kind that holds the place in the student's program."""
        return next((node for node in self.old_above if isinstance(node, kind)), None)

    @property
    def function(self) -> ast.FunctionDef | None:
        """The function that the place belongs to, as the student wrote it."""
        return self.holder(ast.FunctionDef)

    @property
    def loops(self) -> tuple[int, int]:
        """How many loops of its function hold the place in the student's and in the changed program."""
        return len(loops_of(self.old_above)), len(loops_of(self.new_above))


def loops_of(above: Above) -> list[ast.For | ast.While]:
    """Loops among the holders of a place, up to the function."""
    found: list[ast.For | ast.While] = []
    for node in above:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            break
        if isinstance(node, ast.For | ast.While):
            found.append(node)
    return found


def changes_between(old: ast.Module, new: ast.Module) -> tuple[Change, ...]:
    """The places in which two programs differ, from top to bottom.

    A statement that is gone at one place and new at another, otherwise alike, was moved.
    """
    found = list(_block(old.body, new.body, (old,), (new,)))
    return tuple(sorted(_with_moves(found), key=lambda change: change.line))


def _with_moves(found: list[Change]) -> Iterator[Change]:
    added = [change for change in found if change.kind == "added"]
    for change in found:
        if change.kind == "removed":
            other = next((item for item in added if same(item.new, change.old)), None)
            if other is not None:
                added.remove(other)
                yield replace(change, kind="moved", new=other.new, new_above=other.new_above)
                continue
        if change.kind != "added":
            yield change
    yield from added


def _line_of(node: ast.AST | None, above: Above) -> int:
    for item in (node, *above):
        line = getattr(item, "lineno", None)
        if isinstance(line, int):
            return line
    return 1


def _node(old: ast.AST, new: ast.AST, old_above: Above, new_above: Above) -> Iterator[Change]:
    if same(old, new):
        return
    several = isinstance(old, ast.expr) and sum(_parts_differ(old, new)) > 1
    if type(old) is not type(new) or several or _own_parts_differ(old, new):
        yield Change("replaced", old, new, old_above, new_above, _line_of(old, old_above))
        return
    inner_old, inner_new = (old, *old_above), (new, *new_above)
    for name in old._fields:
        one, two = cast(object, getattr(old, name, None)), cast(object, getattr(new, name, None))
        if isinstance(one, ast.AST) and isinstance(two, ast.AST):
            yield from _node(one, two, inner_old, inner_new)
        elif isinstance(one, list) and isinstance(two, list):
            first, second = cast("list[ast.AST]", one), cast("list[ast.AST]", two)
            if all(isinstance(item, ast.stmt) for item in (*first, *second)):
                block = cast("tuple[list[ast.stmt], list[ast.stmt]]", (first, second))
                yield from _block(*block, inner_old, inner_new)
            else:
                for left, right in zip(first, second, strict=False):
                    yield from _node(left, right, inner_old, inner_new)


def _parts_differ(old: ast.AST, new: ast.AST) -> Iterator[bool]:
    """For each part that hangs directly below two nodes, whether it differs."""
    for one, two in zip(ast.iter_child_nodes(old), ast.iter_child_nodes(new), strict=False):
        yield not same(one, two)


def _own_parts_differ(old: ast.AST, new: ast.AST) -> bool:
    """Whether two nodes of a kind differ in more than what hangs below them: a name, an operator, a number of parts."""
    for name in old._fields:
        one: object = getattr(old, name, None)
        two: object = getattr(new, name, None)
        if isinstance(one, ast.operator | ast.unaryop | ast.boolop):
            if type(one) is not type(two):
                return True
        elif isinstance(one, list) and isinstance(two, list):
            first, second = cast("list[object]", one), cast("list[object]", two)
            if name == "ops" and [type(item) for item in first] != [type(item) for item in second]:
                return True
            statements = all(isinstance(item, ast.stmt) for item in (*first, *second))
            if len(first) != len(second) and not statements:
                return True
            if first and not isinstance(first[0], ast.AST) and first != second:
                return True
        elif isinstance(one, ast.AST) and isinstance(two, ast.AST):
            continue  # hangs below
        elif f"{one!r}" != f"{two!r}":
            return True  # plain values: 1, 1.0 and True are different ones
    return False


def _block(old: Sequence[ast.stmt], new: Sequence[ast.stmt], old_above: Above, new_above: Above) -> Iterator[Change]:
    left, right = list(old), list(new)
    while left and right and same(left[0], right[0]):
        left, right = left[1:], right[1:]
    behind = None
    while left and right and same(left[-1], right[-1]):
        behind = left[-1]
        left, right = left[:-1], right[:-1]
    if max(len(left), len(right)) > _MOST_STATEMENTS:
        pairs: list[tuple[ast.stmt | None, ast.stmt | None]] = [(item, None) for item in left]
        pairs += [(None, item) for item in right]
    else:
        pairs = _aligned(left, right)
    last = old[-1] if old else None
    for place, (one, two) in enumerate(pairs):
        if one is not None and two is not None:
            yield from _node(one, two, old_above, new_above)
        elif one is not None:
            yield Change("removed", one, None, old_above, new_above, one.lineno)
        else:
            after = next((item for item, _ in pairs[place + 1 :] if item is not None), behind)
            line = _line_of(after, ()) if after is not None else _last_line(last, old_above)
            yield Change("added", None, two, old_above, new_above, line)


def _last_line(last: ast.stmt | None, above: Above) -> int:
    return _line_of(last, above) if last is None else last.end_lineno or last.lineno


def _aligned(old: Sequence[ast.stmt], new: Sequence[ast.stmt]) -> list[tuple[ast.stmt | None, ast.stmt | None]]:
    """Statements of two blocks in pairs that resemble each other, in order (the best sum of likenesses)."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    likeness = [[_likeness(one, two) for two in new] for one in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            skip = max(best[i + 1][j], best[i][j + 1])
            match = likeness[i][j] + best[i + 1][j + 1] if likeness[i][j] else 0.0
            best[i][j] = max(skip, match)
    pairs: list[tuple[ast.stmt | None, ast.stmt | None]] = []
    i = j = 0
    while i < len(old) or j < len(new):
        both = i < len(old) and j < len(new) and likeness[i][j] > 0
        if both and best[i][j] == likeness[i][j] + best[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif j == len(new) or (i < len(old) and best[i + 1][j] >= best[i][j + 1]):
            pairs.append((old[i], None))
            i += 1
        else:
            pairs.append((None, new[j]))
            j += 1
    return pairs


_RELATED = (
    frozenset({ast.Expr, ast.Return}),
    frozenset({ast.Expr, ast.Assign}),
    frozenset({ast.Assign, ast.AugAssign}),
    frozenset({ast.Break, ast.Continue}),
    frozenset({ast.Pass, ast.Return}),
)


def _likeness(old: ast.stmt, new: ast.stmt) -> float:
    """0 for statements that have nothing to do with each other, 3 for equal ones."""
    if same(old, new):
        return 3.0
    related = frozenset({type(old), type(new)})
    if len(related) == 2 and related not in _RELATED:
        return 0.0
    ratio = SequenceMatcher(None, ast.dump(old)[:2_000], ast.dump(new)[:2_000], autojunk=False).quick_ratio()
    return (1.0 if len(related) == 1 else 0.3) + ratio

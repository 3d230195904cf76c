"""The places in which two statements differ, each a whole expression or operator."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any, cast

from gradatim.tools.repair.pool.compiling import tree_of

MOST_PLACES = 6
"""Places beyond which a line is replaced as a whole."""
_HEADER = ("if ", "elif ", "while ", "for ", "with ", "def ", "class ", "async ")
_TIGHT = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Attribute, ast.Subscript, ast.BoolOp)
_LOOSE = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.Compare, ast.BinOp, ast.UnaryOp)
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.If: ("test",), ast.While: ("test",), ast.For: ("target", "iter"), ast.Return: ("value",),
    ast.Expr: ("value",), ast.Assign: ("targets", "value"), ast.Call: ("func", "args"),
    ast.Subscript: ("value", "slice"), ast.Tuple: ("elts",), ast.List: ("elts",),
}  # fmt: skip
"""Parts of a node that may differ one by one; anything else in it has to be the same."""


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `start`..`stop` of a statement, replaced."""

    start: int
    stop: int
    new: str


def places(old: str, new: str) -> tuple[Place, ...]:
    """Replacements that together turn one statement (or header) into another; one for all where they differ much."""
    whole = (Place(0, len(old), new),)
    before, after = _parsed(old), _parsed(new)
    if before is None or after is None or "\n" in old or "\n" in new:
        return whole
    found = list(_Comparison(old, new).differences(before, after, None))
    if not found or len(found) > MOST_PLACES or any(place.start < 0 for place in found):
        return whole
    found.sort(key=lambda place: place.start)
    if any(one.stop > two.start for one, two in pairwise(found)):
        return whole
    result = _parsed(replaced(old, found))
    return tuple(found) if result is not None and ast.dump(result) == ast.dump(after) else whole


def replaced(old: str, changes: Sequence[Place]) -> str:
    """The statement with some of its places replaced."""
    parts: list[str] = []
    at = 0
    for place in sorted(changes, key=lambda item: item.start):
        parts += [old[at : place.start], place.new]
        at = place.stop
    return "".join((*parts, old[at:]))


def _parsed(text: str) -> ast.stmt | None:
    # `elif` parses as `if` behind two blanks, so that positions stay right.
    if text.startswith("elif"):
        source = f"if 0:\n {'if' + text[4:]} pass"
    else:
        source = f"if 0:\n {text}{' pass' if text.startswith(_HEADER) else ''}"
    tree = tree_of(source)
    outer = tree.body[0] if tree is not None else None
    return outer.body[0] if isinstance(outer, ast.If) and len(outer.body) == 1 else None


class _Comparison:
    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new
        self._old_bytes, self._new_bytes = old.encode(), new.encode()

    def _at(self, column: int, *, old: bool) -> int:
        """Place in the text of a column of the syntax tree, which counts bytes behind one blank."""
        text, data = (self._old, self._old_bytes) if old else (self._new, self._new_bytes)
        shift = 2 if text.startswith("elif") else 0
        return len(data[: column - 1 + shift].decode(errors="replace"))

    def _span(self, node: ast.AST, *, old: bool) -> tuple[int, int]:
        first: int = getattr(node, "col_offset", -1)
        last: int | None = getattr(node, "end_col_offset", None)
        if first < 0 or last is None:
            return -1, -1
        return self._at(first, old=old), self._at(last, old=old)

    def _text(self, node: ast.AST) -> str:
        start, stop = self._span(node, old=False)
        return self._new[start:stop]

    def _whole(self, old: ast.AST, new: ast.AST, parent: ast.AST | None) -> Place:
        start, stop = self._span(old, old=True)
        text = self._text(new)
        in_brackets = start > 0 and self._old[start - 1] == "(" and self._old[stop : stop + 1] == ")"
        if isinstance(parent, _TIGHT) and isinstance(new, _LOOSE) and not in_brackets:
            fits = (isinstance(parent, ast.BoolOp) and isinstance(new, ast.Compare | ast.BinOp)) or (
                isinstance(parent, ast.Compare) and isinstance(new, ast.BinOp)
            )
            text = text if fits else f"({text})"
        return Place(start, stop, text)

    def differences(self, old: ast.AST, new: ast.AST, parent: ast.AST | None) -> Iterator[Place]:
        if ast.dump(old) == ast.dump(new):
            return
        inner = None
        if type(old) is type(new):
            if isinstance(old, ast.Compare) and isinstance(new, ast.Compare):
                inner = self._compare(old, new)
            elif isinstance(old, ast.BoolOp) and isinstance(new, ast.BoolOp):
                inner = self._both(old, new)
            elif isinstance(old, ast.BinOp) and isinstance(new, ast.BinOp):
                inner = self._binary(old, new)
            elif type(old) in _FIELDS:
                inner = self._parts(old, new)
        if inner is None:
            yield self._whole(old, new, parent)
        else:
            yield from inner

    def _parts(self, old: ast.AST, new: ast.AST) -> list[Place] | None:
        pairs: list[tuple[ast.AST, ast.AST]] = []
        for name in old._fields:
            one: Any = getattr(old, name)
            two: Any = getattr(new, name)
            if name not in _FIELDS[type(old)]:
                if _dump(one) != _dump(two):
                    return None
                continue
            listed = isinstance(one, list)
            ones: list[Any] = cast("list[Any]", one) if listed else [one]
            twos: list[Any] = two if listed else [two]
            if len(ones) != len(twos) or any((a is None) != (b is None) for a, b in zip(ones, twos, strict=True)):
                return None
            pairs += [(a, b) for a, b in zip(ones, twos, strict=True) if a is not None]
        return [place for a, b in pairs for place in self.differences(a, b, old)]

    def _between(self, left: ast.AST, right: ast.AST, new_left: ast.AST, new_right: ast.AST) -> Place | None:
        """The operator between two operands."""
        start, stop = self._span(left, old=True)[1], self._span(right, old=True)[0]
        first, last = self._span(new_left, old=False)[1], self._span(new_right, old=False)[0]
        before, after = self._old[start:stop], self._new[first:last]
        if set(before + after) & set("()"):
            return None
        lead = len(before) - len(before.lstrip())
        tail = len(before) - len(before.rstrip())
        if not lead and after.strip()[:1].isalpha():
            return Place(start, stop, after)
        return Place(start + lead, stop - tail, after.strip())

    def _compare(self, old: ast.Compare, new: ast.Compare) -> list[Place] | None:
        if len(old.ops) != len(new.ops):
            return None
        ones, twos = [old.left, *old.comparators], [new.left, *new.comparators]
        found = [place for a, b in zip(ones, twos, strict=True) for place in self.differences(a, b, old)]
        for n, (a, b) in enumerate(zip(old.ops, new.ops, strict=True)):
            if type(a) is not type(b):
                place = self._between(ones[n], ones[n + 1], twos[n], twos[n + 1])
                if place is None:
                    return None
                found.append(place)
        return found

    def _binary(self, old: ast.BinOp, new: ast.BinOp) -> list[Place] | None:
        found = [*self.differences(old.left, new.left, old), *self.differences(old.right, new.right, old)]
        if type(old.op) is not type(new.op):
            place = self._between(old.left, old.right, new.left, new.right)
            if place is None:
                return None
            found.append(place)
        return found

    def _both(self, old: ast.BoolOp, new: ast.BoolOp) -> list[Place] | None:
        if type(old.op) is not type(new.op):
            return None
        word = "and" if isinstance(old.op, ast.And) else "or"
        ones, twos = [ast.dump(v) for v in old.values], [ast.dump(v) for v in new.values]
        found: list[Place] = []
        for tag, a, b, c, d in SequenceMatcher(None, ones, twos, False).get_opcodes():
            if tag == "replace" and b - a == d - c:
                for one, two in zip(old.values[a:b], new.values[c:d], strict=True):
                    found += self.differences(one, two, old)
            elif tag == "insert":
                extra = f" {word} ".join(self._text(value) for value in new.values[c:d])
                if a < len(old.values):
                    start = self._span(old.values[a], old=True)[0]
                    found.append(Place(start, start, f"{extra} {word} "))
                else:
                    stop = self._span(old.values[-1], old=True)[1]
                    found.append(Place(stop, stop, f" {word} {extra}"))
            elif tag != "equal":
                return None
        return found


def _dump(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(_dump(item) for item in cast("list[Any]", value))
    return ast.dump(value) if isinstance(value, ast.AST) else repr(value)

"""Normal form of a piece of a program: names by their order, spelling gone; and how far two pieces are apart."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

K = TypeVar("K")
Key = tuple[int, str, tuple[str, ...]]
"""Nesting, kind of statement and what stands in it."""
_IN_BLOCKS = (ast.stmt, ast.excepthandler, ast.match_case)
_SHAPE_WEIGHT = 1.0
_LINE_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Outline:
    """Normal form of a piece.

    Attributes:
        keys: One for each statement, in order.
        shape: How often each kind of statement stands at each depth.
        bag: How often each normalised statement occurs, at whatever depth.
    """

    keys: tuple[Key, ...]
    shape: Mapping[tuple[int, str], int]
    bag: Mapping[tuple[str, ...], int]

    @classmethod
    def of(cls, nodes: Iterable[ast.stmt]) -> Outline:
        """The normal form of some statements."""
        walker = _Walker()
        for node in nodes:
            walker.statement(node, 0)
        keys = tuple(walker.keys)
        return cls(keys, Counter((depth, kind) for depth, kind, _ in keys), Counter(key[2] for key in keys))

    def distance(self, other: Outline) -> float:
        """0 for the same normal form, growing with what only one of the two has."""
        return _SHAPE_WEIGHT * _apart(self.shape, other.shape) + _LINE_WEIGHT * _apart(self.bag, other.bag)


def _apart(one: Mapping[K, int], two: Mapping[K, int]) -> int:
    common = sum(min(count, two.get(key, 0)) for key, count in one.items())
    return sum(one.values()) + sum(two.values()) - 2 * common


class _Walker:
    """Collects the keys of statements; variables are named by the order in which they get a value."""

    def __init__(self) -> None:
        self.keys: list[Key] = []
        self._names: dict[str, str] = {}

    def statement(self, node: ast.stmt, depth: int) -> None:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        tokens: list[str] = []
        blocks: list[tuple[str, list[Any]]] = []
        kind = type(node).__name__
        for name in node._fields:
            value: Any = getattr(node, name)
            if isinstance(value, list) and value and isinstance(value[0], _IN_BLOCKS):
                blocks.append((name, value))  # pyright: ignore[reportUnknownArgumentType]
            elif name == "name":
                tokens.append(str(value))  # pyright: ignore[reportUnknownArgumentType]
            else:
                self._part(value, tokens)
        self.keys.append((depth, kind, (kind, *tokens)))
        for name, block in blocks:
            if name in ("orelse", "finalbody"):
                self.keys.append((depth, name, (name,)))
            for item in block:
                if isinstance(item, ast.stmt):
                    self.statement(item, depth + 1)
                else:
                    self.keys.append((depth, type(item).__name__, ()))
                    for inner in item.body:
                        self.statement(inner, depth + 1)

    def _part(self, value: Any, tokens: list[str]) -> None:
        if isinstance(value, ast.Name):
            known = self._names.get(value.id)
            if known is None and isinstance(value.ctx, ast.Store):
                known = self._names[value.id] = f"v{len(self._names)}"
            tokens.append(known or value.id)
        elif isinstance(value, ast.arg):
            tokens.append(self._names.setdefault(value.arg, f"v{len(self._names)}"))
        elif isinstance(value, ast.comprehension):
            self._part(value.target, tokens)
            self._part(value.iter, tokens)
            self._part(value.ifs, tokens)
        elif isinstance(value, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            tokens.append(type(value).__name__)
            self._part(value.generators, tokens)
            for name in ("elt", "key", "value"):
                self._part(getattr(value, name, None), tokens)
        elif isinstance(value, ast.AST):
            if isinstance(value, ast.expr_context):
                return
            tokens.append(type(value).__name__)
            for name in value._fields:
                self._part(getattr(value, name), tokens)
        elif isinstance(value, list):
            tokens.append("[")
            for item in cast("list[Any]", value):
                self._part(item, tokens)
        elif value is not None:
            tokens.append(repr(value))

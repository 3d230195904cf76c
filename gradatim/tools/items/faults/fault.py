"""What a fault is: a change that a misconception makes to a right program."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from gradatim.tools.items.source import written

Node = TypeVar("Node", bound=ast.AST)
Swap = tuple[Any, Any]
"""A node, or a block of statements, of the tree, and what takes its place."""
Changes = Callable[[ast.Module], Iterator[Swap]]


@dataclass(frozen=True, slots=True)
class Fault:
    """How somebody who holds a misconception writes a program.

    Attributes:
        misconception: Id in the concept graph.
        changes: The places of a program where it shows.
    """

    misconception: str
    changes: Changes


@dataclass(frozen=True, slots=True)
class Faulty:
    """A program with one fault."""

    code: str
    misconception: str


def apply(faults: Iterable[Fault], code: str) -> Iterator[Faulty]:
    """Every program that differs from a right one by one of these faults at one place; each text once.

    Raises:
        SyntaxError: The right one is no Python.
    """
    tree = ast.parse(code)
    seen = {written(tree)}
    places = dict(_places(tree))
    for fault in faults:
        for old, new in fault.changes(tree):
            place = places[id(old)]
            # the tree is as it was again before anybody looks at it
            place.put(new)
            text = written(tree)
            place.put(old)
            if text not in seen:
                seen.add(text)
                yield Faulty(text, fault.misconception)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a node or a block stands in its tree."""

    parent: ast.AST
    field: str
    index: int | None = None

    def put(self, new: Any) -> None:
        """Let something stand there."""
        if self.index is None:
            setattr(self.parent, self.field, new)
        else:
            getattr(self.parent, self.field)[self.index] = new


def _places(tree: ast.AST) -> Iterator[tuple[int, _Place]]:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if isinstance(value, list):
                yield id(value), _Place(parent, field)  # pyright: ignore[reportUnknownArgumentType]
                for index, item in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
                    yield id(item), _Place(parent, field, index)  # pyright: ignore[reportUnknownArgumentType]
            elif isinstance(value, ast.AST):
                yield id(value), _Place(parent, field)


# ---------------------------------------------------------------------- shared by the modules of faults


def nodes(tree: ast.AST, kind: type[Node]) -> Iterator[Node]:
    """All nodes of a kind, from top to bottom."""
    return (node for node in ast.walk(tree) if isinstance(node, kind))


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Every block of statements."""
    for node in ast.walk(tree):
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block  # pyright: ignore[reportUnknownVariableType]


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return nodes(tree, ast.FunctionDef)


def is_number(node: ast.AST | None, *values: int) -> bool:
    """Whether a node is one of these whole numbers; any number where none is given."""
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return False
    return not values or node.value in values


def is_call(node: ast.AST | None, name: str) -> bool:
    """Whether a node calls the function of this name."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def method_call(node: ast.AST | None) -> tuple[ast.Call, ast.Attribute] | None:
    """The call and its attribute, where a node calls a method."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node, node.func
    return None


def call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def plus(node: ast.expr, number: int) -> ast.expr:
    """The node plus a number; numbers are added up, and `n + 1 - 1` is `n`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return ast.Constant(node.value + number)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub) and isinstance(node.right, ast.Constant):
        held = node.right.value
        if isinstance(held, int):
            total = (held if isinstance(node.op, ast.Add) else -held) + number
            return plus_raw(node.left, total)
    return plus_raw(node, number)


def plus_raw(node: ast.expr, number: int) -> ast.expr:
    if number == 0:
        return node
    return ast.BinOp(node, ast.Add() if number > 0 else ast.Sub(), ast.Constant(abs(number)))


def names_in(node: ast.AST) -> set[str]:
    """Names that are read in a node."""
    return {item.id for item in nodes(node, ast.Name)}


def stored(statement: ast.stmt) -> str | None:
    """The one variable that an assignment or an augmented assignment changes."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    return None


def is_loop(statement: ast.AST) -> bool:
    return isinstance(statement, ast.For | ast.While)


def without(block: list[ast.stmt], index: int) -> list[ast.stmt]:
    """The block without one statement; `pass` where nothing is left."""
    rest = block[:index] + block[index + 1 :]
    return rest or [ast.Pass()]

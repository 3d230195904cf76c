"""The calls that a task's tests make, as patterns with places where other values can stand."""

from __future__ import annotations

import ast
import copy
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from gradatim.domain import Task, TestCase
from gradatim.tools.assertion import parse_check

Site = tuple[str, int | str]
"""Whose argument a value is: the called name and the position, or the keyword."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call within a test.

    Attributes:
        arguments: Site and value of each argument that is plain data.
    """

    arguments: tuple[tuple[Site, Any], ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a test evaluates: an expression in which the arguments of calls can be replaced.

    Attributes:
        tree: The expression.
        calls: Its calls with plain arguments, in the order in which `fill` takes values for them.
        raises: Whether the tests want an exception from it.
    """

    tree: ast.expr
    calls: tuple[Call, ...]
    raises: bool = False

    def source(self) -> str:
        """The expression as the test has it."""
        return ast.unparse(self.tree)

    def fill(self, values: Iterable[Iterable[Any]]) -> str:
        """The expression with other arguments.

        Args:
            values: For each of `calls` its arguments' values.
        """
        tree = copy.deepcopy(self.tree)
        for (_, places), items in zip(_places(tree), values, strict=True):
            for place, item in zip(places, items, strict=True):
                place.put(_node(item))
        return ast.unparse(tree)


@dataclass(frozen=True, slots=True)
class _Place:
    call: ast.Call
    key: int | str
    site: Site
    value: Any

    def put(self, node: ast.expr) -> None:
        if isinstance(self.key, int):
            self.call.args[self.key] = node
            return
        for keyword in self.call.keywords:
            if keyword.arg == self.key:
                keyword.value = node


def patterns(task: Task) -> tuple[Pattern, ...]:
    """The patterns of all tests that are calls or assertions, one for each value that a test looks at."""
    names = _setup_values(task.setup)
    found: list[Pattern] = []
    for case in task.tests:
        for tree in _expressions(case, task.entry_point):
            _resolve(tree, names)
            calls = tuple(Call(tuple((place.site, place.value) for place in places)) for _, places in _places(tree))
            found.append(Pattern(tree, calls, case.raises is not None))
    return tuple(found)


def _expressions(case: TestCase, entry_point: str | None) -> Iterator[ast.expr]:
    """What a test evaluates, each as one expression."""
    if case.call is not None:
        tree = _parsed(case.call)
        if tree is not None:
            yield tree
    elif case.check is not None:
        yield from _of_check(case.check, entry_point)


def _of_check(text: str, entry_point: str | None) -> Iterator[ast.expr]:
    """Every value that an assertion looks at: `(name := …, step, value)[-1]` where steps come before it."""
    try:
        steps = parse_check(text, entry_point).steps
    except ValueError:
        return
    before: list[ast.expr] | None = []
    for step in steps:
        if step.kind == "exec" and before is not None:
            before = _in_one_line(before, ast.parse(step.source).body)
        elif step.kind == "eval" and before is not None:
            value = _parsed(step.source)
            if value is None or not any(map(_calls_something, (*before, value))):
                continue
            if not before:
                yield value
                continue
            last = ast.UnaryOp(ast.USub(), ast.Constant(1))
            steps_and_value = ast.Tuple([*copy.deepcopy(before), value], ast.Load())
            yield ast.fix_missing_locations(ast.Subscript(steps_and_value, last, ast.Load()))


def _calls_something(tree: ast.expr) -> bool:
    return any(isinstance(part, ast.Call) for part in ast.walk(tree))


def _in_one_line(before: list[ast.expr], statements: list[ast.stmt]) -> list[ast.expr] | None:
    """Statements as expressions; `None` when there are others than assignments to a name and calls."""
    found = list(before)
    for statement in statements:
        match statement:
            case ast.Expr(value=value):
                found.append(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found.append(ast.NamedExpr(ast.Name(name, ast.Store()), value))
            case _:
                return None
    return found


def _parsed(source: str) -> ast.expr | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _setup_values(setup: str) -> dict[str, Any]:
    """Names that the set-up code gives a literal value."""
    try:
        body = ast.parse(setup).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return {}
    found: dict[str, Any] = {}
    for statement in body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = literal_of(statement.value)
            if value is not None:
                found[statement.targets[0].id] = value[0]
    return found


def literal_of(node: ast.expr) -> tuple[Any] | None:
    """The value of a literal, in a tuple of its own; `None` for anything else."""
    try:
        return (ast.literal_eval(node),)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


class _Named(ast.NodeTransformer):
    """Remembers at each name of the set-up code what it stands for."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id in self._values and isinstance(node.ctx, ast.Load):
            cast(Any, node).stands_for = (self._values[node.id],)
        return node


def _resolve(tree: ast.expr, names: dict[str, Any]) -> None:
    _Named(names).visit(tree)


def _places(tree: ast.expr) -> Iterator[tuple[ast.Call, list[_Place]]]:
    """Calls with plain arguments and the places of these, in a fixed order."""
    for part in ast.walk(tree):
        if not isinstance(part, ast.Call):
            continue
        name = _callee(part.func)
        places: list[_Place] = []
        for index, argument in enumerate(part.args):
            value = _plain(argument)
            if value is not None:
                places.append(_Place(part, index, (name, index), value[0]))
        for keyword in part.keywords:
            value = _plain(keyword.value)
            if keyword.arg is not None and value is not None:
                places.append(_Place(part, keyword.arg, (name, keyword.arg), value[0]))
        if places:
            yield part, places


def _node(value: Any) -> ast.expr:
    """The expression that gives a plain value (`repr` has none for infinity)."""
    if isinstance(value, set):
        items = [_node(item) for item in sorted(cast("set[Any]", value), key=repr)]
        return ast.Set(items) if items else ast.Call(ast.Name("set", ast.Load()), [], [])
    if isinstance(value, list | tuple):
        items = [_node(item) for item in cast("list[Any]", value)]
        return (ast.List if isinstance(value, list) else ast.Tuple)(items, ast.Load())
    if isinstance(value, dict):
        pairs = cast("dict[Any, Any]", value)
        return ast.Dict([_node(key) for key in pairs], [_node(item) for item in pairs.values()])
    return ast.Constant(value)


def _plain(node: ast.expr) -> tuple[Any] | None:
    return getattr(node, "stands_for", None) or literal_of(node)


def _callee(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return f".{name}"
        case _:
            return "()"

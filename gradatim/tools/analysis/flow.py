"""Small questions about the flow of control that need no execution."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from gradatim.tools.analysis.program import Loop, own_nodes


def leaves(block: Sequence[ast.stmt]) -> bool:
    """Whether running a block always ends in return or raise (never past its end)."""
    return any(_leaves(statement) for statement in block)


def _leaves(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return() | ast.Raise():
            return True
        case ast.If():
            links, other = chain(statement)
            return bool(other) and all(leaves(link.body) for link in links) and leaves(other)
        case ast.While(test=ast.Constant(value=value)) if value:
            return not any(isinstance(node, ast.Break) for node in own_loop_nodes(statement))
        case ast.With(body=body) | ast.AsyncWith(body=body):
            return leaves(body)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            inner = (leaves(body) or leaves(orelse)) and all(leaves(item.body) for item in handlers)
            return inner or leaves(final)
        case ast.Match(cases=cases):
            total = any(isinstance(item.pattern, ast.MatchAs) and item.pattern.pattern is None for item in cases)
            return total and all(leaves(item.body) for item in cases)
        case _:
            return False


def own_loop_nodes(loop: Loop) -> Iterator[ast.AST]:
    """Nodes of a loop's body without those of inner loops and definitions: where break and continue are its own."""
    stack: list[ast.AST] = list(reversed(loop.body))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.FunctionDef | ast.Lambda | ast.ClassDef):
            stack.extend(reversed(list(ast.iter_child_nodes(node))))


def body_nodes(block: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes of a block in reading order, without the bodies of nested definitions."""
    for statement in block:
        yield statement
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from own_nodes(statement)


def same(left: ast.AST | None, right: ast.AST | None) -> bool:
    """Whether two expressions are written alike (reading or writing does not matter)."""
    pairs: list[tuple[object, object]] = [(left, right)]
    while pairs:
        one, two = pairs.pop()
        if isinstance(one, ast.expr_context) and isinstance(two, ast.expr_context):
            continue
        if type(one) is not type(two):
            return False
        if isinstance(one, ast.AST):
            pairs.extend((getattr(one, name, None), getattr(two, name, None)) for name in one._fields)
        elif isinstance(one, list) and isinstance(two, list):
            first, second = cast("list[object]", one), cast("list[object]", two)
            if len(first) != len(second):
                return False
            pairs.extend(zip(first, second, strict=True))
        elif one != two:
            return False
    return True


def names_in(node: ast.AST) -> frozenset[str]:
    """All names that an expression mentions."""
    return frozenset(item.id for item in ast.walk(node) if isinstance(item, ast.Name))


def constant_number(node: ast.AST | None) -> int | float | None:
    """The number that an expression is, if it is a literal one (also a negative one)."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case _:
            return None


def called_name(node: ast.AST | None) -> str | None:
    """Name of the function that a call of a plain name calls."""
    return node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None


def method_called(node: ast.AST | None) -> tuple[ast.expr, str] | None:
    """Object and method name of a call `object.method(…)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value, node.func.attr
    return None


def range_arguments(loop: ast.AST) -> list[ast.expr] | None:
    """Arguments of `range` if the loop goes over one."""
    if isinstance(loop, ast.For) and called_name(loop.iter) == "range" and isinstance(loop.iter, ast.Call):
        return loop.iter.args or None
    return None


def length_of(node: ast.AST | None) -> ast.expr | None:
    """What `len` is taken of, if the expression is just `len(…)`."""
    if called_name(node) == "len" and isinstance(node, ast.Call) and len(node.args) == 1:
        return node.args[0]
    return None


def chain(statement: ast.If) -> tuple[list[ast.If], list[ast.stmt]]:
    """The ifs of an if/elif chain in order, and its else block (empty if there is none)."""
    links = [statement]
    while len(links[-1].orelse) == 1 and isinstance(links[-1].orelse[0], ast.If):
        links.append(links[-1].orelse[0])
    return links, links[-1].orelse

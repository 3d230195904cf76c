"""Statements that no longer matter to what a program does: a sign that a change goes around a fault."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence

from gradatim.tools.repair.pool.compiling import tree_of

_LEAVES = (ast.Return, ast.Break, ast.Continue, ast.Raise)
_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try)


def idle_statements(lines: Sequence[str]) -> int:
    """Statements of functions that can never be reached, or whose results nothing else uses; 0 if it cannot be told."""
    tree = tree_of(textwrap.dedent("\n".join(lines)))
    if tree is None:
        return 0
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return _unreached(tree) + sum(_Function(node).unused() for node in functions)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block: object = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block  # pyright: ignore[reportUnknownVariableType]
    if isinstance(node, ast.Try):
        yield from (handler.body for handler in node.handlers)


def _unreached(tree: ast.AST) -> int:
    count = 0
    for node in ast.walk(tree):
        for block in _blocks(node):
            leaves = [n for n, item in enumerate(block) if isinstance(item, _LEAVES)]
            count += len(block) - 1 - leaves[0] if leaves else 0
    return count


def _names(node: ast.AST | None) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)} if node is not None else set()


def _base(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


class _Function:
    """Which variables of a function decide what it gives back or does to others."""

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._node = node
        foreign = {
            name for inner in ast.walk(node) if isinstance(inner, ast.Global | ast.Nonlocal) for name in inner.names
        }
        stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self._own = stored - foreign - {item.arg for item in node.args.args}
        self._needed: set[str] = set()

    def unused(self) -> int:
        before = -1
        while len(self._needed) != before:
            before = len(self._needed)
            for statement in self._node.body:
                self._matters(statement)
        return sum(self._idle(statement) for statement in self._node.body)

    def _matters(self, node: ast.stmt) -> bool:
        """Whether a statement matters; if so, what it reads is needed."""
        if isinstance(node, _COMPOUND):
            inner = [statement for block in _blocks(node) for statement in block]
            found = sum(self._matters(statement) for statement in inner) > 0
            if found:
                self._needed |= self._header(node)
                for statement in inner:
                    self._leaving(statement)
            return found
        if isinstance(node, ast.Break | ast.Continue | ast.Pass):
            return False
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found = any(self._is_needed(part) for target in targets for part in _parts(target))
        elif isinstance(node, ast.Expr):
            call = node.value
            if isinstance(call, ast.Constant):
                return False
            method = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            found = not method or self._is_needed(call.func)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownArgumentType]
        else:
            found = True
        if found:
            self._needed |= _names(node)
        return found

    def _leaving(self, node: ast.stmt) -> None:
        """Conditions of leaving a loop that matters are needed."""
        if isinstance(node, ast.If | ast.With | ast.Try):
            leaves = any(isinstance(inner, ast.Break | ast.Continue) for inner in ast.walk(node))
            if leaves:
                self._needed |= self._header(node)
                for block in _blocks(node):
                    for statement in block:
                        self._leaving(statement)

    def _is_needed(self, target: ast.expr) -> bool:
        name = _base(target)
        return name is None or name not in self._own or name in self._needed

    @staticmethod
    def _header(node: ast.stmt) -> set[str]:
        parts = [getattr(node, name, None) for name in ("test", "iter", "target")]
        parts += [item.context_expr for item in getattr(node, "items", [])]
        return {name for part in parts for name in _names(part)}

    def _idle(self, node: ast.stmt) -> int:
        if isinstance(node, _COMPOUND):
            inner = [statement for block in _blocks(node) for statement in block]
            if self._matters(node):
                return sum(self._idle(statement) for statement in inner if not _only_leaves(statement))
            return 1 + sum(self._idle(statement) for statement in inner)
        if isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            return 0
        return 0 if isinstance(node, ast.Break | ast.Continue) or self._matters(node) else 1


def _parts(target: ast.expr) -> Iterator[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _parts(item)
    else:
        yield target


def _only_leaves(node: ast.stmt) -> bool:
    return any(isinstance(inner, ast.Break | ast.Continue) for inner in ast.walk(node))

"""A mind that works through a program step by step, and may slip or believe something untrue on the way.

An interpreter of the small part of Python that items are written in. Without slips and beliefs it does what Python
does. It never runs anything but its own steps: no import, no attribute beyond the methods of plain data.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gradatim.app.bench.items.expressions import GaveUp, Returned, is_a
from gradatim.app.bench.items.things import ERRORS, Things


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Thought:
    """How a run ended in somebody's mind.

    Attributes:
        printed: What the program printed.
        value: `repr` of the value that was asked for; `None` where an error came.
        error: Name of the error.
    """

    printed: str = ""
    value: str | None = None
    error: str | None = None
    steps: int = 0


class Mind(Things):
    """Works through programs."""

    def run(self, code: str, call: str | None = None) -> Thought:
        """Work through a program, and then through a call of one of its functions."""
        self.steps = self.depth = 0
        self.printed, self.functions, self.classes = [], {}, {}
        value: object = None
        try:
            tree = _parsed(code)
            world: dict[str, Any] = {}
            self.run_block(tree.body, world)
            if call is not None:
                value = self.value(_parsed(call).body[0].value, world)  # type: ignore[attr-defined]
        except GaveUp:
            return Thought("\n".join(self.printed), None, "timeout", self.steps)
        except RecursionError:
            return Thought("\n".join(self.printed), None, "RecursionError", self.steps)
        except (_Break, _Continue, SyntaxError):
            return Thought("\n".join(self.printed), None, "SyntaxError", self.steps)
        except Exception as error:  # noqa: BLE001 the program's own: an index, a key, a type
            return Thought("\n".join(self.printed), None, type(error).__name__, self.steps)
        return Thought("\n".join(self.printed), repr(value), None, self.steps)

    def run_block(self, body: Iterable[ast.stmt], world: dict[str, Any]) -> None:
        for statement in body:
            self._statement(statement, world)

    def _statement(self, node: ast.stmt, world: dict[str, Any]) -> None:
        if isinstance(node, ast.Assign):
            self._assign(node, world)
        elif isinstance(node, ast.AugAssign):
            self._augment(node, world)
        elif isinstance(node, ast.If):
            self._branch(node, world)
        elif isinstance(node, ast.For):
            self._for(node, world)
        elif isinstance(node, ast.While):
            self._while(node, world)
        elif isinstance(node, ast.Return):
            raise Returned(None if node.value is None else self.value(node.value, world))
        elif isinstance(node, ast.Expr):
            self.value(node.value, world)
        elif isinstance(node, ast.FunctionDef):
            self.functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            self.define(node, world)
        elif isinstance(node, ast.Try):
            self._try(node, world)
        elif isinstance(node, ast.Raise):
            self._raise(node, world)
        elif isinstance(node, ast.Break):
            raise _Break
        elif isinstance(node, ast.Continue):
            raise _Break if "continue-is-break" in self.beliefs else _Continue
        elif not isinstance(node, ast.Pass):
            raise GaveUp

    def _assign(self, node: ast.Assign, world: dict[str, Any]) -> None:
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple) and "sequential-swap" in self.beliefs:
            for one, value in zip(target.elts, node.value.elts, strict=True):
                self.store(one, self.value(value, world), world)
            return
        value = self.value(node.value, world)
        if self.slip("assign", world) and isinstance(target, ast.Name) and target.id in world:
            return  # forgot to change it
        self.store(target, value, world)

    def store(self, target: ast.expr, value: Any, world: dict[str, Any]) -> None:
        if isinstance(target, ast.Name):
            world[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            parts = list(value)
            if len(parts) != len(target.elts):
                raise ValueError("parts do not fit")
            for one, part in zip(target.elts, parts, strict=True):
                self.store(one, part, world)
        elif isinstance(target, ast.Attribute):
            self.set_attribute(target, value, world)
        elif isinstance(target, ast.Subscript):
            self.value(target.value, world)[self.value(target.slice, world)] = value
        else:
            raise GaveUp

    def _augment(self, node: ast.AugAssign, world: dict[str, Any]) -> None:
        by = self.value(node.value, world)
        old = self.value(_loading(node.target), world)
        if "augmented-operator-reversed" in self.beliefs and isinstance(by, int | float):
            new = by
        else:
            new = self.apply(node.op, old, by, world)
        if not self.slip("assign", world):
            self.store(node.target, new, world)

    def _branch(self, node: ast.If, world: dict[str, Any]) -> None:
        holds = bool(self.value(node.test, world))
        if holds:
            self.run_block(node.body, world)
        follows = len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        if not holds or (follows and "separate-ifs-for-elif" in self.beliefs):
            self.run_block(node.orelse, world)

    def _try(self, node: ast.Try, world: dict[str, Any]) -> None:
        try:
            self.run_block(node.body, world)
        except (GaveUp, Returned, _Break, _Continue):
            raise
        except Exception as error:
            if self.slip("exception", world):
                raise  # thought the program would stop here
            handler = next((item for item in node.handlers if self.catches(item, error)), None)
            if handler is None:
                raise
            self.run_block(handler.body, world)
        else:
            self.run_block(node.orelse, world)

    def _raise(self, node: ast.Raise, world: dict[str, Any]) -> None:
        called = node.exc
        if not isinstance(called, ast.Call) or not isinstance(called.func, ast.Name) or called.func.id not in ERRORS:
            raise GaveUp
        if "exception-returned-not-raised" in self.beliefs:
            raise Returned(None)
        raise ERRORS[called.func.id]()

    def _for(self, node: ast.For, world: dict[str, Any]) -> None:
        for item in self._rounds(node, world):
            if self.slip("loop", world):
                continue  # lost a round
            self.store(node.target, item, world)
            try:
                self.run_block(node.body, world)
            except _Break:
                break
            except _Continue:
                continue

    def _rounds(self, node: ast.For, world: dict[str, Any]) -> list[Any]:
        """What the loop variable becomes, in somebody's eyes."""
        items = self.value(node.iter, world)
        by_name = isinstance(node.iter, ast.Name)
        if is_a(items, list, str) and by_name and "loop-variable-is-index-confusion" in self.beliefs:
            return list(range(len(items)))
        if is_a(items, dict) and "dictionary-iterates-values" in self.beliefs:
            return list(items.values())
        return list(items)

    def _while(self, node: ast.While, world: dict[str, Any]) -> None:
        while self.value(node.test, world):
            if self.slip("loop", world):
                break  # thought it was over
            try:
                self.run_block(node.body, world)
            except _Break:
                break
            except _Continue:
                continue


def _loading(target: ast.expr) -> ast.expr:
    """The target of an assignment as an expression to read."""
    if isinstance(target, ast.Subscript):
        return ast.Subscript(target.value, target.slice, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    return target


@lru_cache(maxsize=5_000)
def _parsed(code: str) -> ast.Module:
    return ast.parse(code)

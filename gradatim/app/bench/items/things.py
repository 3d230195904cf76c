"""Objects, exceptions and formatted text in a mind."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gradatim.app.bench.items.expressions import Expressions, GaveUp, Returned, is_a

ERRORS: dict[str, type[Exception]] = {
    kind.__name__: kind
    for kind in (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, AttributeError, NameError)
}
"""Exceptions that a program may raise and catch by name."""
_AS_VALUES: dict[str, Callable[..., Any]] = {"len": len, "str": str, "abs": abs, "int": int}
"""Functions that are handed over by name."""


@dataclass(slots=True, eq=False)
class Thing:
    """An object of a class of the program."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(slots=True)
class Kind:
    """A class of the program: its methods, and what all its objects share."""

    methods: dict[str, ast.FunctionDef]
    shared: dict[str, Any]


class Things(Expressions):
    """Values of expressions with objects in them."""

    classes: dict[str, Kind]

    def define(self, node: ast.ClassDef, world: dict[str, Any]) -> None:
        """Learn a class."""
        methods = {item.name: item for item in node.body if isinstance(item, ast.FunctionDef)}
        shared: dict[str, Any] = {}
        self.run_block([item for item in node.body if not isinstance(item, ast.FunctionDef)], shared)
        self.classes[node.name] = Kind(methods, shared)

    def set_attribute(self, target: ast.Attribute, value: Any, world: dict[str, Any]) -> None:
        """Give an attribute of an object a value."""
        held = self.value(target.value, world)
        if not is_a(held, Thing):
            raise AttributeError(target.attr)
        held.fields[target.attr] = value

    def catches(self, handler: ast.ExceptHandler, error: Exception) -> bool:
        """Whether a clause is for this error."""
        if handler.type is None or "catches-wrong-exception" in self.beliefs:
            return True
        kind = ERRORS.get(handler.type.id) if isinstance(handler.type, ast.Name) else None
        return kind is not None and isinstance(error, kind)

    def value(self, node: ast.expr, world: dict[str, Any]) -> Any:
        """What an expression gives."""
        if isinstance(node, ast.Attribute):
            return self._attribute(node, world)
        if isinstance(node, ast.JoinedStr):
            return self._formatted(node, world)
        if isinstance(node, ast.Lambda):
            return self._small_function(node, world)
        if isinstance(node, ast.Name) and node.id in _AS_VALUES and node.id not in world:
            return _AS_VALUES[node.id]
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in self.classes:
                return self._made(node, node.func.id, world)
            if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
                owner = world.get(node.func.value.id)
                if isinstance(owner, Thing):
                    return self._asked(owner, node.func.attr, node, world)
        return super().value(node, world)

    def _small_function(self, node: ast.Lambda, world: dict[str, Any]) -> Callable[..., Any]:
        names = [argument.arg for argument in node.args.args]

        def called(*values: Any) -> Any:
            return self.value(node.body, {**world, **dict(zip(names, values, strict=True))})

        return called

    def _attribute(self, node: ast.Attribute, world: dict[str, Any]) -> Any:
        held = self.value(node.value, world)
        if not is_a(held, Thing):
            raise AttributeError(node.attr)
        if node.attr not in held.fields and node.attr not in self.classes[held.kind].shared:
            raise AttributeError(node.attr)
        found = held.fields.get(node.attr, self.classes[held.kind].shared.get(node.attr))
        return found + 1 if self.slip("attribute", world) and is_a(found, int) else found

    def _made(self, node: ast.Call, kind: str, world: dict[str, Any]) -> Thing:
        thing = Thing(kind)
        if "__init__" in self.classes[kind].methods:
            self._asked(thing, "__init__", node, world)
        elif node.args:
            raise TypeError(kind)
        return thing

    def _asked(self, thing: Thing, name: str, node: ast.Call, world: dict[str, Any]) -> Any:
        """A method is called."""
        method = self.classes[thing.kind].methods.get(name)
        if method is None:
            raise AttributeError(name)
        values = [thing, *(self.value(item, world) for item in node.args)]
        names = [argument.arg for argument in method.args.args]
        if len(names) != len(values):
            raise TypeError(name)
        if self.depth > 60:
            raise RecursionError
        if self.slip("call", world):
            return None  # forgot that something happens there
        self.depth += 1
        try:
            self.run_block(method.body, dict(zip(names, values, strict=True)))
        except Returned as returned:
            return returned.value
        finally:
            self.depth -= 1
        return None

    def _formatted(self, node: ast.JoinedStr, world: dict[str, Any]) -> str:
        text = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                value = self.value(part.value, world)
                spec = "" if part.format_spec is None else str(self.value(part.format_spec, world))
                if len(spec) > 6 or is_a(value, Thing):
                    raise GaveUp
                shown = format(value, spec)
                text += str(value) if spec and self.slip("format", world) else shown
        return text

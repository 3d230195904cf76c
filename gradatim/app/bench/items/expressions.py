"""Expressions in a mind: each step may slip, or be taken for something else by a misconception."""

from __future__ import annotations

import ast
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

LIMIT = 4_000
"""Steps after which a mind gives up."""
Slips = Callable[[str, int, int], bool]
"""Whether a step of some kind goes wrong, with so many variables to keep in mind and so many calls open."""
_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: lambda one, other: one / other,
    ast.FloorDiv: lambda one, other: one // other, ast.Mod: operator.mod, ast.Pow: lambda one, other: one**other,
    ast.BitXor: lambda one, other: one ^ other,
}  # fmt: skip
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.In: lambda one, many: one in many, ast.NotIn: lambda one, many: one not in many,
    ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip
_HARD = (ast.Mod, ast.FloorDiv, ast.Pow, ast.BitXor)
_LOOSE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.Gt: ast.GtE, ast.LtE: ast.Lt, ast.GtE: ast.Gt,
}  # fmt: skip
_BUILTINS: dict[str, Callable[..., Any]] = {
    "len": len, "range": range, "sum": sum, "min": min, "max": max, "sorted": sorted, "abs": abs, "round": round,
    "enumerate": enumerate, "zip": zip, "ord": ord, "chr": chr, "reversed": reversed, "any": any, "all": all,
    "int": int, "float": float, "str": str, "bool": bool, "list": list, "dict": dict, "tuple": tuple, "set": set,
}  # fmt: skip
_METHODS = frozenset(
    {
        "append", "extend", "insert", "remove", "pop", "sort", "reverse", "index", "count", "copy", "get", "items",
        "keys", "values", "setdefault", "update", "add", "lower", "upper", "strip", "split", "join", "replace", "find",
        "startswith", "endswith", "title", "isdigit", "isalpha", "capitalize", "splitlines",
    }
)  # fmt: skip
_CHANGING = frozenset(["append", "extend", "insert", "remove", "pop", "sort", "reverse", "setdefault", "update", "add"])


class GaveUp(Exception):
    """The program takes too many steps, or uses what the mind does not know."""


class Returned(Exception):
    """A function comes to its end with a value."""

    def __init__(self, value: object) -> None:
        self.value = value


@dataclass(slots=True)
class Expressions(ABC):
    """Values of expressions.

    Attributes:
        slips: Decides about each step; nobody slips where there is none.
        beliefs: Misconceptions that change how a program is read.
        limit: Steps after which it gives up.
    """

    slips: Slips | None = None
    beliefs: frozenset[str] = frozenset()
    limit: int = LIMIT
    steps: int = 0
    depth: int = 0
    printed: list[str] = field(default_factory=list[str])
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict[str, ast.FunctionDef])

    @abstractmethod
    def run_block(self, body: Iterable[ast.stmt], world: dict[str, Any]) -> None:
        """Work through statements; a mind knows how."""

    @abstractmethod
    def store(self, target: ast.expr, value: Any, world: dict[str, Any]) -> None:
        """Give a variable, or several, or a place in a collection, a value."""

    def slip(self, kind: str, world: dict[str, Any]) -> bool:
        """Take one step; whether it goes wrong."""
        self.steps += 1
        if self.steps > self.limit:
            raise GaveUp
        return self.slips is not None and self.slips(kind, len(world), self.depth)

    def value(self, node: ast.expr, world: dict[str, Any]) -> Any:
        """What an expression gives."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise GaveUp
        return handler(self, node, world)

    def _constant(self, node: ast.Constant, world: dict[str, Any]) -> Any:
        return node.value

    def _name(self, node: ast.Name, world: dict[str, Any]) -> Any:
        if node.id in world:
            return world[node.id]
        if node.id in self.functions:
            return self.functions[node.id].name
        raise NameError(node.id)

    def _binary(self, node: ast.BinOp, world: dict[str, Any]) -> Any:
        return self.apply(node.op, self.value(node.left, world), self.value(node.right, world), world)

    def apply(self, op: ast.operator, left: Any, right: Any, world: dict[str, Any]) -> Any:
        """What an operator gives."""
        if isinstance(op, ast.Mod) and "modulo-as-division" in self.beliefs:
            op = ast.FloorDiv()
        elif isinstance(op, ast.FloorDiv) and "division-kind-confusion" in self.beliefs:
            op = ast.Div()
        if isinstance(op, ast.Pow) and (abs(left) > 1_000 or right > 30):
            raise GaveUp
        if isinstance(op, ast.Mult) and (_large(left) or _large(right)):
            raise GaveUp
        value = _BINARY[type(op)](left, right)
        numbers = isinstance(value, int | float) and not isinstance(value, bool)
        large = numbers and abs(value) > 20
        if self.slip("hard" if isinstance(op, _HARD) else "large" if large else "arithmetic", world):
            return value + 1 if numbers else value
        return value

    def _unary(self, node: ast.UnaryOp, world: dict[str, Any]) -> Any:
        value = self.value(node.operand, world)
        if isinstance(node.op, ast.Not):
            return value if self.slip("logic", world) else not value
        return -value if isinstance(node.op, ast.USub) else +value

    def _logic(self, node: ast.BoolOp, world: dict[str, Any]) -> Any:
        both = isinstance(node.op, ast.And)
        if "and-or-swapped" in self.beliefs:
            both = not both
        value: Any = both
        for part in node.values:
            value = self.value(part, world)
            if bool(value) != both:
                break
        return not value if self.slip("logic", world) else value

    def _compare(self, node: ast.Compare, world: dict[str, Any]) -> Any:
        left = self.value(node.left, world)
        for op, other in zip(node.ops, node.comparators, strict=True):
            right = self.value(other, world)
            kind = type(op)
            if left == right and "boundary-comparison-strictness" in self.beliefs:
                kind = _LOOSE.get(kind, kind)
            holds = _COMPARE[kind](left, right)
            edge = isinstance(left, int) and isinstance(right, int) and abs(left - right) <= 1 and kind in _LOOSE
            if self.slip("edge" if edge else "compare", world):
                holds = not holds
            if not holds:
                return False
            left = right
        return True

    def _subscript(self, node: ast.Subscript, world: dict[str, Any]) -> Any:
        held = self.value(node.value, world)
        if isinstance(node.slice, ast.Slice):
            low, high, step = (
                None if part is None else self.value(part, world)
                for part in (node.slice.lower, node.slice.upper, node.slice.step)
            )
            if high is not None and high >= 0 and "slice-end-included" in self.beliefs:
                high += 1
            if self.slip("slice", world):
                low = (low or 0) + 1
            return held[low:high:step]
        index = self.value(node.slice, world)
        if is_a(held, dict):
            found = held[index]
            return found + 1 if self.slip("table", world) and is_a(found, int) else found
        if "index-starts-at-one" in self.beliefs and isinstance(node.slice, ast.Constant) and index > 0:
            index -= 1
        if self.slip("index", world) and isinstance(index, int) and index + 1 < len(held):
            index += 1
        return held[index]

    def _list(self, node: ast.List, world: dict[str, Any]) -> Any:
        return [self.value(item, world) for item in node.elts]

    def _tuple(self, node: ast.Tuple, world: dict[str, Any]) -> Any:
        return tuple(self.value(item, world) for item in node.elts)

    def _dict(self, node: ast.Dict, world: dict[str, Any]) -> Any:
        return {
            self.value(key, world): self.value(value, world)
            for key, value in zip(node.keys, node.values, strict=True)
            if key is not None
        }

    def _comprehension(self, node: ast.ListComp, world: dict[str, Any]) -> Any:
        part = node.generators[0]
        inner, found = dict(world), list[Any]()
        for item in self.value(part.iter, world):
            if self.slip("loop", world):
                continue
            self.store(part.target, item, inner)
            if all(self.value(test, inner) for test in part.ifs):
                found.append(self.value(node.elt, inner))
        return found

    def _either(self, node: ast.IfExp, world: dict[str, Any]) -> Any:
        return self.value(node.body if self.value(node.test, world) else node.orelse, world)

    def _call(self, node: ast.Call, world: dict[str, Any]) -> Any:
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, world)
        if not isinstance(node.func, ast.Name):
            raise GaveUp
        arguments = [self.value(item, world) for item in node.args]
        name = node.func.id
        if name in self.functions:
            return self._own(name, arguments, world)
        if name == "print":
            self.printed.append(" ".join(map(str, arguments)))
            return None
        if name == "range":
            return self._range(arguments)
        if name not in _BUILTINS:
            raise NameError(name)
        named = {item.arg: self.value(item.value, world) for item in node.keywords if item.arg}
        value = _BUILTINS[name](*arguments, **named)
        if name in ("sum", "sorted", "min", "max") and self.slip("method", world):
            return value[::-1] if is_a(value, list) else value + 1 if is_a(value, int) else value
        return list(value) if name in ("enumerate", "zip", "reversed") else value

    def _range(self, arguments: list[Any]) -> Any:
        if "range-starts-at-one" in self.beliefs and len(arguments) == 1:
            arguments = [1, arguments[0]]
        if "range-stop-included" in self.beliefs and len(arguments) < 3:
            arguments = [*arguments[:-1], arguments[-1] + 1]
        found = range(*arguments)
        if len(found) > self.limit:
            raise GaveUp
        return found

    def _own(self, name: str, arguments: list[Any], world: dict[str, Any]) -> Any:
        function = self.functions[name]
        if len(arguments) != len(function.args.args):
            raise TypeError(name)
        if self.depth > 60:
            raise RecursionError
        again = self.depth > 0
        wrong = self.slip("recursion" if again else "call", world)
        inner = {parameter.arg: value for parameter, value in zip(function.args.args, arguments, strict=True)}
        self.depth += 1
        try:
            self.run_block(function.body, inner)
            value: Any = None
        except Returned as returned:
            value = returned.value
        finally:
            self.depth -= 1
        if wrong and again:
            return value + 1 if is_a(value, int) else value[1:] if is_a(value, str, list) else value
        return value

    def _method(self, node: ast.Call, target: ast.Attribute, world: dict[str, Any]) -> Any:
        held = self.value(target.value, world)
        arguments = [self.value(item, world) for item in node.args]
        if target.attr not in _METHODS or not is_a(held, str, list, dict, set, tuple):
            raise AttributeError(target.attr)
        if self.slip("table" if is_a(held, dict) else "method", world) and target.attr in _CHANGING:
            return None  # forgot to do it
        named = {item.arg: self.value(item.value, world) for item in node.keywords if item.arg}
        value: Any = getattr(held, target.attr)(*arguments, **named)
        return list(value) if target.attr in ("items", "keys", "values") else value


def is_a(value: Any, *kinds: type) -> bool:
    """Whether a value is exactly of one of these types."""
    return type(value) in kinds


def _large(value: Any) -> bool:
    return abs(value) > 10**12 if is_a(value, int) else is_a(value, str, list) and len(value) > 500


_HANDLERS: dict[type[ast.expr], Callable[[Expressions, Any, dict[str, Any]], Any]] = {
    ast.Constant: Expressions._constant,  # pyright: ignore[reportPrivateUsage]
    ast.Name: Expressions._name,  # pyright: ignore[reportPrivateUsage]
    ast.BinOp: Expressions._binary,  # pyright: ignore[reportPrivateUsage]
    ast.UnaryOp: Expressions._unary,  # pyright: ignore[reportPrivateUsage]
    ast.BoolOp: Expressions._logic,  # pyright: ignore[reportPrivateUsage]
    ast.Compare: Expressions._compare,  # pyright: ignore[reportPrivateUsage]
    ast.Subscript: Expressions._subscript,  # pyright: ignore[reportPrivateUsage]
    ast.List: Expressions._list,  # pyright: ignore[reportPrivateUsage]
    ast.Tuple: Expressions._tuple,  # pyright: ignore[reportPrivateUsage]
    ast.Dict: Expressions._dict,  # pyright: ignore[reportPrivateUsage]
    ast.ListComp: Expressions._comprehension,  # pyright: ignore[reportPrivateUsage]
    ast.IfExp: Expressions._either,  # pyright: ignore[reportPrivateUsage]
    ast.Call: Expressions._call,  # pyright: ignore[reportPrivateUsage]
}

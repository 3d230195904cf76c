"""Conditions of routes: comparisons over the state, read into functions; nothing is ever evaluated as Python.

```
confidence.value >= 0.9 and not degradations
len(opinions) < 2 or execution.load_error != null
confidence.route in ["revise", "review"]
```

A path begins with a state key or a parameter. What is not there is null: `<`, `<=`, `>`, `>=`, `in` are false with
null on either side, and null itself, false, 0 and whatever is empty count as false.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Union

from gradatim.graphs.workflow.comparing import (
    ConditionError,
    Part,
    Value,
    categories,
    check_choice,
    check_equal,
    check_in,
    check_order,
)
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.paths import NoSuchStep, Step, step_into
from gradatim.graphs.workflow.types import show

LONGEST = 1000
"""Characters that a condition may have."""
DEEPEST = 30
"""How deep a condition may be nested."""

_CONSTANTS = {"null": None, "true": True, "false": False, "None": None, "True": True, "False": False}
_ORDER: dict[type[ast.cmpop], tuple[Callable[[Any, Any], bool], str]] = {
    ast.Lt: (operator.lt, "<"), ast.LtE: (operator.le, "<="), ast.Gt: (operator.gt, ">"), ast.GtE: (operator.ge, ">="),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that is ready to be asked.

    Attributes:
        text: As it is written.
        keys: State keys that it looks at.
        value: What it comes to in a state.
    """

    text: str
    keys: frozenset[str]
    value: Value

    def holds(self, state: Mapping[str, Any]) -> bool:
        """Whether it holds in a state (plain JSON)."""
        return bool(self.value(state))


def read_condition(text: str, types: Mapping[str, Any], parameters: Mapping[str, Any] | None = None) -> Condition:
    """Read a condition.

    Args:
        types: State key → type of its value.
        parameters: Parameter → value.

    Raises:
        ConditionError: It is no condition, uses a name that there is not, or compares what cannot be compared.
    """
    if not text.strip():
        raise ConditionError("the condition is empty", "write a comparison, or leave `when` out")
    if len(text) > LONGEST:
        raise ConditionError(f"the condition is longer than {LONGEST} characters", "let a node decide and write a key")
    if "${" in text:
        raise ConditionError("`${…}` stands in a condition", "write the parameter's name alone")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python has opinions on `1 is 1`
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
        remedy = "write `==` to compare" if "=" in text and "==" not in text else "write e.g. `confidence.value >= 0.9`"
        raise ConditionError(f"the condition {text!r} cannot be read: {reason}", remedy) from None
    reader = _Reader(types, parameters or {})
    found = reader.read(tree.body, 0)
    return Condition(text, frozenset(reader.keys), found.value)


class _Reader:
    """Walks the tree of a condition; whatever is not named here is refused."""

    def __init__(self, types: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        self.types = types
        self.parameters = parameters
        self.keys: set[str] = set()

    def read(self, node: ast.expr, depth: int) -> Part:
        if depth > DEEPEST:
            raise ConditionError("the condition is nested too deeply", "let a node decide and write a key")
        match node:
            case ast.Constant():
                return self._constant(node.value)
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self._path(node)
            case ast.BoolOp():
                return self._joined(node, [self.read(item, depth + 1) for item in node.values])
            case ast.UnaryOp(op=ast.Not()):
                inner = self.read(node.operand, depth + 1)
                return Part(bool, lambda state: not inner.value(state), f"not {inner.text}")
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return self._constant(-number)
            case ast.Compare():
                return self._compared(node, depth)
            case ast.List() | ast.Tuple():
                return self._list([self.read(item, depth + 1) for item in node.elts])
            case ast.Call(func=ast.Name(id="len"), args=[only], keywords=[]):
                return self._length(self.read(only, depth + 1))
            case _:
                raise ConditionError(
                    f"{ast.unparse(node)!r} may not stand in a condition",
                    "use comparisons, and, or, not, in, len(…), paths and literals; let a node work out the rest",
                )

    def _constant(self, value: Any) -> Part:
        if value is not None and not isinstance(value, str | int | float | bool):
            raise ConditionError(f"{value!r} may not stand in a condition", "use text, numbers, true, false or null")
        return Part(Literal[value] if isinstance(value, str) else type(value), lambda _: value, repr(value), True)

    def _path(self, node: ast.expr) -> Part:
        steps: list[Step] = []
        inner: ast.expr = node
        while not isinstance(inner, ast.Name):
            match inner:
                case ast.Attribute():
                    steps.append(inner.attr)
                    inner = inner.value
                case ast.Subscript(slice=ast.Constant(value=str() | int() as place)):
                    steps.append(place)
                    inner = inner.value
                case _:
                    raise ConditionError(
                        f"{ast.unparse(node)!r} may not stand in a condition", "a path begins with a state key"
                    )
        name, text = inner.id, ast.unparse(node)
        if name in _CONSTANTS and not steps:
            return self._constant(_CONSTANTS[name])
        if name in self.parameters:
            if steps:
                raise ConditionError(f"{name!r} is a parameter and has no parts", f"write {name!r} alone")
            found = self._constant(self.parameters[name])
            return Part(type(self.parameters[name]), found.value, name, False)
        if name not in self.types:
            known = [*self.types, *self.parameters]
            raise ConditionError(f"nothing is called {name!r}", did_you_mean(name, known, "state keys and parameters"))
        self.keys.add(name)
        kind: Any = self.types[name]
        walk: list[Callable[[Any], Any]] = []
        for step in reversed(steps):
            try:
                kind, take = step_into(kind, step)
            except NoSuchStep as error:
                raise ConditionError(f"in {text!r}: {error.message}", error.remedy) from None
            walk.append(take)

        def value(state: Mapping[str, Any]) -> Any:
            found = state.get(name)
            for take in walk:
                if found is None:
                    return None
                found = take(found)
            return found

        return Part(kind, value, text)

    def _joined(self, node: ast.BoolOp, parts: list[Part]) -> Part:
        values = [part.value for part in parts]
        if isinstance(node.op, ast.And):
            return Part(bool, lambda state: all(value(state) for value in values), ast.unparse(node))
        return Part(bool, lambda state: any(value(state) for value in values), ast.unparse(node))

    def _list(self, parts: list[Part]) -> Part:
        values = [part.value for part in parts]
        kinds = tuple(dict.fromkeys(part.kind for part in parts))
        kind: Any = list[Union[kinds]] if kinds else list[Any]  # noqa: UP007 built at run time
        text = f"[{', '.join(part.text for part in parts)}]"
        return Part(kind, lambda state: [value(state) for value in values], text, all(part.constant for part in parts))

    def _length(self, part: Part) -> Part:
        if not categories(part.kind) <= {"list", "text", "mapping", "any"}:
            raise ConditionError(f"{part.text} has no length, it is {show(part.kind)}", "compare it itself")

        def value(state: Mapping[str, Any]) -> Any:
            found = part.value(state)
            return len(found) if hasattr(found, "__len__") else None

        return Part(int, value, f"len({part.text})")

    def _compared(self, node: ast.Compare, depth: int) -> Part:
        sides = [self.read(item, depth + 1) for item in (node.left, *node.comparators)]
        tests = [self._test(left, op, right) for left, op, right in zip(sides, node.ops, sides[1:], strict=False)]
        return Part(bool, lambda state: all(test(state) for test in tests), ast.unparse(node))

    def _test(self, left: Part, op: ast.cmpop, right: Part) -> Value:
        one, other = left.value, right.value
        if isinstance(op, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            if isinstance(op, ast.Is | ast.IsNot):
                raise ConditionError("`is` may not stand in a condition", "write == or !=")
            check_equal(left, right)
            check_choice(left, right)
            if isinstance(op, ast.Eq):
                return lambda state: one(state) == other(state)
            return lambda state: one(state) != other(state)
        if isinstance(op, ast.In | ast.NotIn):
            check_in(left, right)
            wanted = isinstance(op, ast.In)

            def held(state: Mapping[str, Any]) -> bool:
                item, holder = one(state), other(state)
                try:
                    return item is not None and holder is not None and (item in holder) is wanted
                except TypeError:  # of a type that nobody could know
                    return False

            return held
        compare, sign = _ORDER[type(op)]
        check_order(left, right, sign)

        def ordered(state: Mapping[str, Any]) -> bool:
            first, second = one(state), other(state)
            try:
                return first is not None and second is not None and compare(first, second)
            except TypeError:  # of a type that nobody could know
                return False

        return ordered

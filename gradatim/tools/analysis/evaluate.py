"""Working out simple expressions from a test's arguments, without running anything."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, cast

from gradatim.tools.analysis.contrast import UNKNOWN, is_number, items

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: operator.mod,
}
_COMPARISON: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def evaluate(node: ast.AST, values: Mapping[str, object], depth: int = 20) -> object:
    """Value of an expression of literals, known names, `len`, arithmetic of numbers and comparisons.

    Returns:
        The value, or `UNKNOWN` for anything else: where the real expression would raise, or is nested more deeply
        than `depth`.
    """
    if depth <= 0:
        return UNKNOWN
    depth -= 1
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return values.get(name, UNKNOWN)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = evaluate(operand, values, depth)
            return -cast(float, inner) if is_number(inner) else UNKNOWN
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = evaluate(operand, values, depth)
            return UNKNOWN if inner is UNKNOWN else not inner
        case ast.Subscript(value=inner, slice=position):
            found, index = items(evaluate(inner, values, depth)), evaluate(position, values, depth)
            if found is None or not isinstance(index, int) or not -len(found) <= index < len(found):
                return UNKNOWN
            return found[index]
        case ast.List(elts=[]):
            return []
        case ast.Tuple(elts=[]):
            return ()
        case ast.Call(func=ast.Name(id="len"), args=[argument], keywords=[]):
            sized = items(evaluate(argument, values, depth))
            return UNKNOWN if sized is None else len(sized)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            first, second = evaluate(left, values, depth), evaluate(right, values, depth)
            if not (is_number(first) and is_number(second)):
                return UNKNOWN
            try:
                return _ARITHMETIC[type(op)](first, second)
            except (ArithmeticError, ValueError):
                return UNKNOWN
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISON:
            first, second = evaluate(left, values, depth), evaluate(right, values, depth)
            if first is UNKNOWN or second is UNKNOWN:
                return UNKNOWN
            try:
                return _COMPARISON[type(op)](first, second)
            except TypeError:
                return UNKNOWN
        case _:
            return UNKNOWN

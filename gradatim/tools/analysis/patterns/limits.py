"""Comparisons with a limit, and which limit covers which."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from gradatim.tools.analysis.contrast import UNKNOWN, is_number, items
from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.flow import constant_number, same
from gradatim.tools.analysis.program import Function

ORDER = ast.Lt | ast.LtE | ast.Gt | ast.GtE
NAMES: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def at_limit(node: ast.Compare, values: Mapping[str, object], function: Function) -> bool | None:
    """Whether both sides are equal for a test: by value, or by an item of a list that a loop goes over."""
    if not values:
        return None
    left, right = evaluate(node.left, values), evaluate(node.comparators[0], values)
    if left is not UNKNOWN and right is not UNKNOWN:
        return left == right
    for value, other in ((left, node.comparators[0]), (right, node.left)):
        if value is UNKNOWN or not is_number(value):
            continue
        over = items_behind(other, function)
        found = items(values.get(over)) if over is not None else None
        if found is not None:
            return value in found
    return None


def items_behind(node: ast.expr, function: Function) -> str | None:
    """Name of the sequence whose items an expression goes through (`x` of a loop, or `xs[i]`)."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name()):
            return name
        case ast.Name(id=item):
            for loop in function.nodes:
                match loop:
                    case ast.For(target=ast.Name(id=target), iter=ast.Name(id=over)) if target == item:
                        return over
                    case ast.For(
                        target=ast.Tuple(elts=[_, ast.Name(id=target)]),
                        iter=ast.Call(func=ast.Name(id="enumerate"), args=[ast.Name(id=over)]),
                    ) if target == item:
                        return over
                    case _:
                        continue
            return None
        case _:
            return None


def limit_of(node: ast.expr) -> tuple[ast.expr, str, object] | None:
    """Expression, operator and constant of a comparison with a constant."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1 or type(node.ops[0]) not in NAMES:
        return None
    op = NAMES[type(node.ops[0])]
    left, right = node.left, node.comparators[0]
    for side, constant, name in ((left, right, op), (right, left, TURNED[op])):
        number = constant_number(constant)
        if number is not None:
            return side, name, number
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
            return side, name, constant.value
    return None


def number_of(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def covers(general: ast.expr, narrow: ast.expr) -> bool:
    """Whether the first condition holds wherever the second does."""
    if isinstance(narrow, ast.BoolOp) and isinstance(narrow.op, ast.And):
        return any(covers(general, part) for part in narrow.values)
    if isinstance(general, ast.BoolOp):
        return False
    if same(general, narrow):
        return True
    one, two = limit_of(general), limit_of(narrow)
    if one is None or two is None:
        return False
    if divisible(one, two):
        return True
    if not same(one[0], two[0]):
        return False
    a, b = number_of(one[2]), number_of(two[2])
    if a is None or b is None:
        return False
    match one[1], two[1]:
        case (">", ">" | ">=") | (">=", ">" | ">="):
            return b > a or (b == a and (one[1] == ">=" or two[1] == ">"))
        case ("<", "<" | "<=") | ("<=", "<" | "<="):
            return b < a or (b == a and (one[1] == "<=" or two[1] == "<"))
        case (">", "==") | (">=", "=="):
            return b > a or (b == a and one[1] == ">=")
        case ("<", "==") | ("<=", "=="):
            return b < a or (b == a and one[1] == "<=")
        case _:
            return False


def divisible(one: tuple[ast.expr, str, object], two: tuple[ast.expr, str, object]) -> bool:
    """`n % 3 == 0` covers `n % 15 == 0`."""
    match one[0], two[0]:
        case (
            ast.BinOp(left=a, op=ast.Mod(), right=ast.Constant(value=int() as m)),
            ast.BinOp(left=b, op=ast.Mod(), right=ast.Constant(value=int() as n)),
        ):
            return one[1] == two[1] == "==" and one[2] == two[2] == 0 and same(a, b) and m > 0 and n % m == 0
        case _:
            return False

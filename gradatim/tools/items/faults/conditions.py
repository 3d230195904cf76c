"""Faults in conditions and branches."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.items.faults.fault import Fault, Swap, blocks, functions, is_loop, method_call, nodes
from gradatim.tools.items.faults.loops import opposite

_STRICT: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_REVERSED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE,
}  # fmt: skip


def _comparisons(tree: ast.Module, pairs: dict[type[ast.cmpop], type[ast.cmpop]]) -> Iterator[Swap]:
    loops = {id(node) for loop in nodes(tree, ast.While) for node in ast.walk(loop.test)}
    for node in nodes(tree, ast.Compare):
        if id(node) in loops:
            continue
        for place, operator in enumerate(node.ops):
            other = pairs.get(type(operator))
            if other is not None:
                operators = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                yield node, ast.Compare(node.left, operators, node.comparators)


def _strictness(tree: ast.Module) -> Iterator[Swap]:
    return _comparisons(tree, _STRICT)


def _direction(tree: ast.Module) -> Iterator[Swap]:
    return _comparisons(tree, _REVERSED)


def _and_or(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.BoolOp):
        yield node, ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _inverted(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.If):
        yield node.test, opposite(node.test)


def _not_precedence(tree: ast.Module) -> Iterator[Swap]:
    """`not (a or b)` written as `not a or b`."""
    for node in nodes(tree, ast.UnaryOp):
        if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.BoolOp):
            first, *rest = node.operand.values
            yield node, ast.BoolOp(node.operand.op, [ast.UnaryOp(ast.Not(), first), *rest])


def _is_elif(node: ast.If) -> bool:
    return len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)


def _separate_ifs(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index, node in enumerate(block):
            if isinstance(node, ast.If) and _is_elif(node):
                yield block, [*block[:index], ast.If(node.test, node.body, []), *node.orelse, *block[index + 1 :]]


def _too_general_first(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.If):
        if _is_elif(node):
            second = node.orelse[0]
            assert isinstance(second, ast.If)
            yield node, ast.If(second.test, second.body, [ast.If(node.test, node.body, second.orelse)])
    for block in blocks(tree):
        for index in range(len(block) - 1):
            first, second = block[index], block[index + 1]
            if _guard(first) and _guard(second):
                yield block, [*block[:index], second, first, *block[index + 2 :]]


def _else_missing(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.If):
        if node.orelse and not _is_elif(node):
            yield node, ast.If(node.test, node.body, [])


def _guard(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and not node.orelse and isinstance(node.body[-1], ast.Return)


def _guard_missing(tree: ast.Module) -> Iterator[Swap]:
    for function in functions(tree):
        for index, statement in enumerate(function.body[:-1]):
            if _guard(statement) and any(map(is_loop, function.body[index:])):
                yield function.body, [*function.body[:index], *function.body[index + 1 :]]


def _zero_unguarded(tree: ast.Module) -> Iterator[Swap]:
    for function in functions(tree):
        for index, statement in enumerate(function.body[:-1]):
            rest = function.body[index + 1 :]
            divides = any(
                isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
                for later in rest
                for node in nodes(later, ast.BinOp)
            )
            if _guard(statement) and divides:
                yield function.body, [*function.body[:index], *rest]


def _outside_if(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index, node in enumerate(block):
            if isinstance(node, ast.If) and not node.orelse and len(node.body) > 1:
                last = node.body[-1]
                if not isinstance(last, ast.Return | ast.Break | ast.Continue):
                    yield block, [*block[:index], ast.If(node.test, node.body[:-1], []), last, *block[index + 1 :]]


def _case_sensitive(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        found = method_call(node)
        if found and found[1].attr in ("lower", "upper") and not node.args:
            yield node, found[1].value


def _bare_literal(tree: ast.Module) -> Iterator[Swap]:
    """`a == 1 or a == 2` written as `a == 1 or 2`."""
    for node in nodes(tree, ast.BoolOp):
        if isinstance(node.op, ast.Or) and all(
            isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq) for part in node.values
        ):
            first, *rest = node.values
            bare = [part.comparators[0] for part in rest if isinstance(part, ast.Compare)]
            yield node, ast.BoolOp(ast.Or(), [first, *bare])


FAULTS = (
    Fault("boundary-comparison-strictness", _strictness),
    Fault("comparison-direction-reversed", _direction),
    Fault("and-or-swapped", _and_or),
    Fault("inverted-condition", _inverted),
    Fault("not-precedence", _not_precedence),
    Fault("separate-ifs-for-elif", _separate_ifs),
    Fault("condition-order-too-general-first", _too_general_first),
    Fault("missing-else-case", _else_missing),
    Fault("division-by-zero-unguarded", _zero_unguarded),
    Fault("empty-input-forgotten", _guard_missing),
    Fault("dangling-statement-outside-if", _outside_if),
    Fault("case-sensitive-comparison", _case_sensitive),
    Fault("or-with-bare-literal", _bare_literal),
)

"""Faults in loops: bounds, what is done in them, when they end."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.items.faults.fault import (
    Fault,
    Swap,
    blocks,
    call,
    functions,
    is_call,
    is_loop,
    is_number,
    names_in,
    nodes,
    plus,
    stored,
    without,
)

_STRICT: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip


def _ranges(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in nodes(tree, ast.Call) if is_call(node, "range") and 1 <= len(node.args) <= 3)


def _stop_included(tree: ast.Module) -> Iterator[Swap]:
    """Who believes that `range` includes its stop gives it the last number itself."""
    for node in _ranges(tree):
        last = 0 if len(node.args) == 1 else 1
        yield node.args[last], plus(node.args[last], -1)


def _starts_at_one(tree: ast.Module) -> Iterator[Swap]:
    for node in _ranges(tree):
        if len(node.args) == 1:
            yield node, call("range", ast.Constant(1), node.args[0])
        elif len(node.args) == 2 and is_number(node.args[0], 1):
            yield node, call("range", node.args[1])


def _off_by_one(tree: ast.Module) -> Iterator[Swap]:
    for loop in nodes(tree, ast.While):
        for test in nodes(loop.test, ast.Compare):
            other = _STRICT.get(type(test.ops[0]))
            if other is not None and len(test.ops) == 1:
                yield test, ast.Compare(test.left, [other()], test.comparators)
    for node in _ranges(tree):
        if len(node.args) == 2 and is_number(node.args[0]):
            yield node.args[0], plus(node.args[0], 1)


def _pairs_overrun(tree: ast.Module) -> Iterator[Swap]:
    for node in _ranges(tree):
        stop = node.args[-1] if len(node.args) < 3 else node.args[1]
        if isinstance(stop, ast.BinOp) and isinstance(stop.op, ast.Sub) and is_call(stop.left, "len"):
            yield stop, stop.left


def _return_inside(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index in range(len(block) - 1):
            loop, after = block[index], block[index + 1]
            if isinstance(loop, ast.For | ast.While) and isinstance(after, ast.Return) and after.value is not None:
                yield block, [*block[:index], _with_body(loop, [*loop.body, after]), *block[index + 2 :]]


def _initialise_inside(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index, loop in enumerate(block):
            if not isinstance(loop, ast.For | ast.While):
                continue
            for earlier in range(index):
                name = stored(block[earlier])
                if name is None or isinstance(block[earlier], ast.AugAssign) or name in names_in(_head(loop)):
                    continue
                inside = _with_body(loop, [block[earlier], *loop.body])
                yield block, [*block[:earlier], *block[earlier + 1 : index], inside, *block[index + 1 :]]


def _wrongly_inside(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index in range(len(block) - 1):
            loop, after = block[index], block[index + 1]
            if isinstance(loop, ast.For | ast.While) and isinstance(after, ast.Assign | ast.AugAssign | ast.Expr):
                yield block, [*block[:index], _with_body(loop, [*loop.body, after]), *block[index + 2 :]]


def _wrongly_outside(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index, loop in enumerate(block):
            if isinstance(loop, ast.For) and len(loop.body) > 1 and not isinstance(loop.body[-1], ast.Return):
                yield block, [*block[:index], _with_body(loop, loop.body[:-1]), loop.body[-1], *block[index + 1 :]]


def _update_missing(tree: ast.Module) -> Iterator[Swap]:
    for loop in nodes(tree, ast.While):
        for index, statement in enumerate(loop.body):
            name = stored(statement)
            if name is not None and name in names_in(loop.test):
                yield loop.body, without(loop.body, index)


def _while_inverted(tree: ast.Module) -> Iterator[Swap]:
    for loop in nodes(tree, ast.While):
        yield loop.test, opposite(loop.test)


def _early_exit(tree: ast.Module) -> Iterator[Swap]:
    """`return` in a branch of the loop, another one after it: the first element alone decides."""
    for block in blocks(tree):
        for index in range(len(block) - 1):
            loop, after = block[index], block[index + 1]
            if not is_loop(loop) or not isinstance(after, ast.Return) or not loop.body:  # type: ignore[attr-defined]
                continue
            last = loop.body[-1]  # type: ignore[attr-defined]
            if isinstance(last, ast.If) and not last.orelse and isinstance(last.body[-1], ast.Return):
                yield last, ast.If(last.test, last.body, [after])


def _element_is_index(tree: ast.Module) -> Iterator[Swap]:
    for loop in nodes(tree, ast.For):
        if isinstance(loop.iter, ast.Name) and isinstance(loop.target, ast.Name):
            yield loop.iter, call("range", call("len", loop.iter))


def _index_is_element(tree: ast.Module) -> Iterator[Swap]:
    for loop in nodes(tree, ast.For):
        if not (isinstance(loop.target, ast.Name) and is_call(loop.iter, "range")):
            continue
        for statement in loop.body:
            for node in nodes(statement, ast.Subscript):
                index = node.slice
                if isinstance(index, ast.Name) and index.id == loop.target.id and isinstance(node.ctx, ast.Load):
                    yield node, ast.Name(loop.target.id, ast.Load())


def _continue_is_break(tree: ast.Module) -> Iterator[Swap]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Continue):
            yield node, ast.Break()
        elif isinstance(node, ast.Break):
            yield node, ast.Continue()


def _follower_early(tree: ast.Module) -> Iterator[Swap]:
    """The variable that holds the last element is set before it is used."""
    for loop in nodes(tree, ast.For):
        last = loop.body[-1]
        if len(loop.body) < 2 or not isinstance(last, ast.Assign) or not isinstance(loop.target, ast.Name):
            continue
        if isinstance(last.value, ast.Name) and last.value.id == loop.target.id:
            yield loop.body, [last, *loop.body[:-1]]


def _initial_maximum(tree: ast.Module) -> Iterator[Swap]:
    for function in functions(tree):
        for index, statement in enumerate(function.body):
            if not isinstance(statement, ast.Assign) or not any(map(is_loop, function.body[index:])):
                continue
            value = statement.value
            if isinstance(value, ast.Subscript) and is_number(value.slice, 0) and isinstance(value.value, ast.Name):
                yield value, ast.Constant(0)


def _initial_value(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index, statement in enumerate(block):
            value = statement.value if isinstance(statement, ast.Assign) else None
            if isinstance(value, ast.Constant) and is_number(value, 0, 1) and any(map(is_loop, block[index:])):
                yield value, ast.Constant(1 - int(value.value))  # type: ignore[arg-type]


def _augmented_reversed(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.AugAssign):
        if isinstance(node.op, ast.Add | ast.Sub) and isinstance(node.target, ast.Name):
            sign = ast.UAdd() if isinstance(node.op, ast.Add) else ast.USub()
            if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                continue
            yield node, ast.Assign([node.target], ast.UnaryOp(sign, node.value))


def _head(loop: ast.For | ast.While) -> ast.expr:
    return loop.iter if isinstance(loop, ast.For) else loop.test


def _with_body(loop: ast.For | ast.While, body: list[ast.stmt]) -> ast.stmt:
    if isinstance(loop, ast.For):
        return ast.For(loop.target, loop.iter, body, loop.orelse)
    return ast.While(loop.test, body, loop.orelse)


def opposite(test: ast.expr) -> ast.expr:
    """The condition that holds when this one does not."""
    pairs: dict[type[ast.cmpop], type[ast.cmpop]] = {
        ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
        ast.In: ast.NotIn, ast.NotIn: ast.In,
    }  # fmt: skip
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return ast.Compare(test.left, [pairs[type(test.ops[0])]()], test.comparators)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


FAULTS = (
    Fault("range-stop-included", _stop_included),
    Fault("range-starts-at-one", _starts_at_one),
    Fault("off-by-one-loop", _off_by_one),
    Fault("adjacent-pairs-overrun", _pairs_overrun),
    Fault("return-inside-loop", _return_inside),
    Fault("initialise-inside-loop", _initialise_inside),
    Fault("statement-wrongly-inside-loop", _wrongly_inside),
    Fault("statement-wrongly-outside-loop", _wrongly_outside),
    Fault("missing-loop-update", _update_missing),
    Fault("while-condition-inverted", _while_inverted),
    Fault("early-exit-search", _early_exit),
    Fault("loop-variable-is-index-confusion", _element_is_index),
    Fault("index-versus-element", _index_is_element),
    Fault("continue-is-break", _continue_is_break),
    Fault("follower-set-too-early", _follower_early),
    Fault("wrong-initial-maximum", _initial_maximum),
    Fault("wrong-initial-value", _initial_value),
    Fault("augmented-operator-reversed", _augmented_reversed),
)

"""Faults in expressions: arithmetic, positions, text, collections."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.items.faults.fault import (
    Fault,
    Swap,
    blocks,
    call,
    is_call,
    is_number,
    method_call,
    nodes,
    plus,
    without,
)


def _division_kind(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.BinOp):
        if isinstance(node.op, ast.FloorDiv):
            yield node, ast.BinOp(node.left, ast.Div(), node.right)
        elif isinstance(node.op, ast.Div) and not _is_mean(node):
            yield node, ast.BinOp(node.left, ast.FloorDiv(), node.right)
    for node in nodes(tree, ast.AugAssign):
        if isinstance(node.op, ast.FloorDiv):
            yield node, ast.AugAssign(node.target, ast.Div(), node.value)


def _average_integer(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.BinOp):
        if isinstance(node.op, ast.Div) and _is_mean(node):
            yield node, ast.BinOp(node.left, ast.FloorDiv(), node.right)


def _is_mean(node: ast.BinOp) -> bool:
    """Whether something is divided by a count."""
    return is_call(node.right, "len") or isinstance(node.right, ast.Name)


def _modulo_division(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.BinOp):
        if isinstance(node.op, ast.Mod) and not (
            isinstance(node.left, ast.Constant) and isinstance(node.left.value, str)
        ):
            yield node, ast.BinOp(node.left, ast.FloorDiv(), node.right)
        elif isinstance(node.op, ast.FloorDiv):
            yield node, ast.BinOp(node.left, ast.Mod(), node.right)


def _precedence(tree: ast.Module) -> Iterator[Swap]:
    """`(a + b) * c` written without brackets."""
    tight = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
    for node in nodes(tree, ast.BinOp):
        left, right = node.left, node.right
        if not isinstance(node.op, tight):
            continue
        if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add | ast.Sub):
            yield node, ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
        if isinstance(right, ast.BinOp) and isinstance(right.op, ast.Add | ast.Sub):
            yield node, ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)


def _caret(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.BinOp):
        if isinstance(node.op, ast.Pow):
            yield node, ast.BinOp(node.left, ast.BitXor(), node.right)


def _string_number(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.BinOp):
        for side in (node.left, node.right):
            if isinstance(node.op, ast.Add) and is_call(side, "str"):
                assert isinstance(side, ast.Call)
                yield side, side.args[0]


def _starts_at_one(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Subscript):
        if isinstance(node.ctx, ast.Load) and is_number(node.slice, 0, 1, 2, 3):
            yield node.slice, plus(node.slice, 1)
        elif isinstance(node.slice, ast.Slice) and node.slice.lower is not None and is_number(node.slice.lower, 1, 2):
            yield node.slice.lower, plus(node.slice.lower, 1)


def _slice_end(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Slice):
        if node.upper is not None and not (isinstance(node.upper, ast.UnaryOp)):
            yield node.upper, plus(node.upper, -1)


def _length_is_last(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Subscript):
        index = node.slice
        last = isinstance(index, ast.UnaryOp) and isinstance(index.op, ast.USub) and is_number(index.operand, 1)
        if last and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
            yield index, call("len", node.value)
        elif isinstance(index, ast.BinOp) and isinstance(index.op, ast.Sub) and is_call(index.left, "len"):
            yield index, index.left


def _result_ignored(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Assign):
        found = method_call(node.value)
        if found and found[1].attr in ("lower", "upper", "strip", "replace", "title") and len(node.targets) == 1:
            target = node.targets[0]
            if isinstance(target, ast.Name) and isinstance(found[1].value, ast.Name) and found[1].value.id == target.id:
                yield node, ast.Expr(node.value)


def _append_extend(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        found = method_call(node)
        if found and found[1].attr == "append" and len(node.args) == 1:
            if isinstance(node.args[0], ast.List | ast.ListComp):
                yield node, ast.Call(ast.Attribute(found[1].value, "extend", ast.Load()), node.args, [])
        elif found and found[1].attr == "extend":
            yield node, ast.Call(ast.Attribute(found[1].value, "append", ast.Load()), node.args, [])


def _append_assigned(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Expr):
        found = method_call(node.value)
        if found and found[1].attr == "append" and isinstance(found[1].value, ast.Name):
            yield node, ast.Assign([ast.Name(found[1].value.id, ast.Store())], node.value)


def _list_wrap(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.BinOp):
        for side in (node.left, node.right):
            if isinstance(node.op, ast.Add) and isinstance(side, ast.List) and len(side.elts) == 1:
                yield side, side.elts[0]


def _sort_returns(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        if is_call(node, "sorted") and isinstance(node.args[0], ast.Name):
            yield node, ast.Call(ast.Attribute(node.args[0], "sort", ast.Load()), [], node.keywords)


def _sort_order(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        if is_call(node, "sorted"):
            kept = [item for item in node.keywords if item.arg != "reverse"]
            added = [] if len(kept) < len(node.keywords) else [ast.keyword("reverse", ast.Constant(True))]
            yield node, ast.Call(node.func, node.args, [*kept, *added])


def _key_missing(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        found = method_call(node)
        if found and found[1].attr == "get" and len(node.args) == 2:
            yield node, ast.Subscript(found[1].value, node.args[0], ast.Load())
    for block in blocks(tree):
        for index, statement in enumerate(block):
            if not isinstance(statement, ast.If) or statement.orelse or not isinstance(statement.test, ast.Compare):
                continue
            if isinstance(statement.test.ops[0], ast.NotIn) and _sets_key(statement.body[0]):
                yield block, without(block, index)


def _sets_key(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript)


def _iterates_values(tree: ast.Module) -> Iterator[Swap]:
    """`for key in table` taken for a loop over the values."""
    for loop in nodes(tree, ast.For):
        if not (isinstance(loop.target, ast.Name) and isinstance(loop.iter, ast.Name)):
            continue
        for statement in loop.body:
            for node in nodes(statement, ast.Subscript):
                key = node.slice
                same = isinstance(node.value, ast.Name) and node.value.id == loop.iter.id
                if same and isinstance(key, ast.Name) and key.id == loop.target.id and isinstance(node.ctx, ast.Load):
                    yield node, key


def _get_stores(tree: ast.Module) -> Iterator[Swap]:
    """`table[key] = table.get(key, 0) + 1` written as if `get` stored something."""
    for node in nodes(tree, ast.Assign):
        if isinstance(node.targets[0], ast.Subscript) and any(
            (found := method_call(inner)) and found[1].attr == "get" for inner in nodes(node.value, ast.Call)
        ):
            yield node, ast.Expr(node.value)


def _key_overwritten(tree: ast.Module) -> Iterator[Swap]:
    """The value of a key that is there already is replaced instead of added to."""
    for node in nodes(tree, ast.Assign):
        value = node.value
        if (
            isinstance(node.targets[0], ast.Subscript)
            and isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add)
        ):
            found = method_call(value.left)
            if found and found[1].attr == "get":
                yield value, value.right
    for node in nodes(tree, ast.AugAssign):
        if isinstance(node.target, ast.Subscript):
            yield node, ast.Assign([node.target], node.value)


def _copy_is_alias(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Assign):
        value = node.value
        if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Slice):
            if not any((value.slice.lower, value.slice.upper, value.slice.step)):
                yield value, value.value
        elif isinstance(value, ast.Call) and is_call(value, "list") and len(value.args) == 1:
            copied = value.args[0]
            if isinstance(copied, ast.Name):
                yield value, copied


def _sequential_swap(tree: ast.Module) -> Iterator[Swap]:
    for block in blocks(tree):
        for index, node in enumerate(block):
            if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Tuple):
                continue
            if isinstance(node.value, ast.Tuple) and len(node.value.elts) == len(node.targets[0].elts):
                pairs = zip(node.targets[0].elts, node.value.elts, strict=True)
                steps = [ast.Assign([target], value) for target, value in pairs]
                yield block, [*block[:index], *steps, *block[index + 1 :]]


def _split_space(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        found = method_call(node)
        if found and found[1].attr == "split" and not node.args:
            yield node, ast.Call(node.func, [ast.Constant(" ")], [])


def _character_is_word(tree: ast.Module) -> Iterator[Swap]:
    for loop in nodes(tree, ast.For):
        found = method_call(loop.iter)
        if found and found[1].attr == "split" and not found[0].args:
            yield loop.iter, found[1].value


def _filter_dropped(tree: ast.Module) -> Iterator[Swap]:
    """A comprehension whose condition is inverted."""
    from gradatim.tools.items.faults.loops import opposite

    for node in nodes(tree, ast.comprehension):
        for test in node.ifs:
            yield test, opposite(test)


FAULTS = (
    Fault("division-kind-confusion", _division_kind),
    Fault("average-integer-division", _average_integer),
    Fault("modulo-as-division", _modulo_division),
    Fault("precedence-of-arithmetic", _precedence),
    Fault("caret-is-power", _caret),
    Fault("string-plus-number", _string_number),
    Fault("index-starts-at-one", _starts_at_one),
    Fault("slice-end-included", _slice_end),
    Fault("length-as-last-index", _length_is_last),
    Fault("string-method-result-ignored", _result_ignored),
    Fault("append-versus-extend", _append_extend),
    Fault("append-returns-none-assigned", _append_assigned),
    Fault("missing-list-wrap", _list_wrap),
    Fault("sort-versus-sorted", _sort_returns),
    Fault("sort-order-reversed", _sort_order),
    Fault("dictionary-key-initialisation", _key_missing),
    Fault("dictionary-iterates-values", _iterates_values),
    Fault("get-stores-default", _get_stores),
    Fault("dictionary-duplicate-keys", _key_overwritten),
    Fault("slice-is-alias", _copy_is_alias),
    Fault("sequential-swap", _sequential_swap),
    Fault("split-space-is-split", _split_space),
    Fault("character-is-word", _character_is_word),
    Fault("inverted-condition", _filter_dropped),
)

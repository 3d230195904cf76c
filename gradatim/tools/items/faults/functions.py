"""Faults in functions: what they give back, how they are called, how they call themselves."""

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
    nodes,
    stored,
)


def _print_for_return(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Return):
        if node.value is not None and not _recursive_in(tree, node):
            yield node, ast.Expr(call("print", node.value))


def _missing_return(tree: ast.Module) -> Iterator[Swap]:
    for function in functions(tree):
        last = function.body[-1]
        if isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and len(function.body) > 1:
            yield function.body, function.body[:-1]


def _one_branch(tree: ast.Module) -> Iterator[Swap]:
    """The `return` after the branches is forgotten."""
    for function in functions(tree):
        last = function.body[-1]
        branches = any(isinstance(item, ast.If) and isinstance(item.body[-1], ast.Return) for item in function.body)
        straight = not any(map(is_loop, function.body)) and not _recursive_in(tree, last)
        if isinstance(last, ast.Return) and branches and straight:
            yield function.body, function.body[:-1]


def _wrong_variable(tree: ast.Module) -> Iterator[Swap]:
    for function in functions(tree):
        last = function.body[-1]
        if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Name):
            continue
        known = [argument.arg for argument in function.args.args]
        known += [name for item in nodes(function, ast.stmt) if (name := stored(item)) is not None]
        known += [item.target.id for item in nodes(function, ast.For) if isinstance(item.target, ast.Name)]
        for name in dict.fromkeys(known):
            if name != last.value.id:
                yield last.value, ast.Name(name, ast.Load())


def _argument_order(tree: ast.Module) -> Iterator[Swap]:
    own = {function.name for function in functions(tree)}
    for node in nodes(tree, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in own and len(node.args) == 2:
            yield node, ast.Call(node.func, node.args[::-1], [])


def _function_not_called(tree: ast.Module) -> Iterator[Swap]:
    """A helper is named without being called with its argument."""
    own = {function.name for function in functions(tree)}
    for node in nodes(tree, ast.Call):
        helper = isinstance(node.func, ast.Name) and node.func.id in own and len(node.args) == 1
        if helper and isinstance(node.func, ast.Name) and not _recursive_name(tree, node.func.id):
            yield node, node.func


def _base_missing(tree: ast.Module) -> Iterator[Swap]:
    for function in _recursive(tree):
        for index, statement in enumerate(function.body[:-1]):
            if isinstance(statement, ast.If) and not _calls(statement, function.name) and not statement.orelse:
                yield function.body, [*function.body[:index], *function.body[index + 1 :]]


def _base_wrong(tree: ast.Module) -> Iterator[Swap]:
    for function in _recursive(tree):
        for statement in function.body[:-1]:
            if not isinstance(statement, ast.If):
                continue
            last = statement.body[-1]
            if isinstance(last, ast.Return) and is_number(last.value, 0, 1) and isinstance(last.value, ast.Constant):
                yield last.value, ast.Constant(1 - int(last.value.value))  # type: ignore[arg-type]


def _not_approaching(tree: ast.Module) -> Iterator[Swap]:
    for function in _recursive(tree):
        for node in nodes(function, ast.Call):
            if not is_call(node, function.name):
                continue
            for argument in node.args:
                if isinstance(argument, ast.BinOp) and isinstance(argument.left, ast.Name):
                    yield argument, argument.left
                elif isinstance(argument, ast.Subscript) and isinstance(argument.slice, ast.Slice):
                    yield argument, argument.value


def _result_discarded(tree: ast.Module) -> Iterator[Swap]:
    for function in _recursive(tree):
        for node in nodes(function, ast.Return):
            value = node.value
            if isinstance(value, ast.BinOp) and is_call(value.right, function.name):
                yield node, ast.Return(value.left)
            elif isinstance(value, ast.BinOp) and is_call(value.left, function.name):
                yield node, ast.Return(value.right)


def _recursion_return(tree: ast.Module) -> Iterator[Swap]:
    for function in _recursive(tree):
        for node in nodes(function, ast.Return):
            if node.value is not None and _calls(node, function.name):
                yield node, ast.Expr(node.value)


def _combined_wrongly(tree: ast.Module) -> Iterator[Swap]:
    other: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Mult, ast.Mult: ast.Add}
    for function in _recursive(tree):
        for node in nodes(function, ast.BinOp):
            inside = is_call(node.right, function.name) or is_call(node.left, function.name)
            if inside:
                yield node, ast.BinOp(node.right, node.op, node.left)
                if type(node.op) in other:
                    yield node, ast.BinOp(node.left, other[type(node.op)](), node.right)


def _code_after_return(tree: ast.Module) -> Iterator[Swap]:
    """The last step before the final `return` stands after it."""
    for block in blocks(tree):
        if len(block) > 2 and isinstance(block[-1], ast.Return) and isinstance(block[-2], ast.Assign | ast.AugAssign):
            yield block, [*block[:-2], block[-1], block[-2]]


def _recursive(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (function for function in functions(tree) if _calls(function, function.name))


def _calls(tree: ast.AST, name: str) -> bool:
    return any(is_call(node, name) for node in nodes(tree, ast.Call))


def _recursive_name(tree: ast.AST, name: str) -> bool:
    return any(function.name == name for function in _recursive(tree))


def _recursive_in(tree: ast.AST, node: ast.AST) -> bool:
    return any(_calls(node, function.name) for function in _recursive(tree))


FAULTS = (
    Fault("print-instead-of-return", _print_for_return),
    Fault("missing-return", _missing_return),
    Fault("return-in-only-one-branch", _one_branch),
    Fault("return-wrong-variable", _wrong_variable),
    Fault("wrong-argument-order", _argument_order),
    Fault("function-not-called", _function_not_called),
    Fault("missing-base-case", _base_missing),
    Fault("wrong-base-case", _base_wrong),
    Fault("recursion-not-approaching-base", _not_approaching),
    Fault("recursive-result-discarded", _result_discarded),
    Fault("recursion-missing-return", _recursion_return),
    Fault("recursion-combines-wrongly", _combined_wrongly),
    Fault("code-after-return", _code_after_return),
)

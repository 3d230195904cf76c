"""Faults with exceptions, classes and end markers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.items.faults.fault import Fault, Swap, blocks, is_loop, nodes

_OTHER = {
    "ValueError": "TypeError", "KeyError": "IndexError", "IndexError": "KeyError", "ZeroDivisionError": "ValueError",
}  # fmt: skip
"""What somebody catches instead."""


def _wrong_exception(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.ExceptHandler):
        if isinstance(node.type, ast.Name) and node.type.id in _OTHER:
            yield node.type, ast.Name(_OTHER[node.type.id], ast.Load())


def _try_too_large(tree: ast.Module) -> Iterator[Swap]:
    """The whole loop stands under `try`, instead of one round."""
    for block in blocks(tree):
        for index, loop in enumerate(block):
            if not isinstance(loop, ast.For) or len(loop.body) != 1 or not isinstance(loop.body[0], ast.Try):
                continue
            inner = loop.body[0]
            if any(isinstance(node, ast.Continue) for handler in inner.handlers for node in ast.walk(handler)):
                continue  # means nothing outside of a loop
            moved = ast.For(loop.target, loop.iter, [*inner.body, *inner.orelse], [])
            yield block, [*block[:index], ast.Try([moved], inner.handlers, [], []), *block[index + 1 :]]


def _error_hidden(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.ExceptHandler):
        if not all(isinstance(item, ast.Pass | ast.Continue) for item in node.body):
            yield node, ast.ExceptHandler(None, None, [ast.Pass()])


def _returned_not_raised(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Raise):
        if isinstance(node.exc, ast.Call) and node.exc.args:
            yield node, ast.Return(node.exc.args[0])


def _self_missing(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            yield node, ast.Name(node.attr, node.ctx)


def _shared_list(tree: ast.Module) -> Iterator[Swap]:
    """What each object should have is made once, for the class."""
    for node in nodes(tree, ast.ClassDef):
        for place, method in enumerate(node.body):
            if not isinstance(method, ast.FunctionDef) or method.name != "__init__" or len(method.body) != 1:
                continue
            step = method.body[0]
            if (
                isinstance(step, ast.Assign)
                and isinstance(step.targets[0], ast.Attribute)
                and isinstance(step.value, ast.List | ast.Dict)
            ):
                shared = ast.Assign([ast.Name(step.targets[0].attr, ast.Store())], step.value)
                yield node.body, [shared, *node.body[:place], *node.body[place + 1 :]]


def _not_called(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
            yield node, node.func


def _marker_is_data(tree: ast.Module) -> Iterator[Swap]:
    """The end marker is looked at after it was used."""
    for loop in nodes(tree, ast.For):
        first = loop.body[0]
        if (
            isinstance(first, ast.If)
            and len(loop.body) > 1
            and not first.orelse
            and len(first.body) == 1
            and isinstance(first.body[0], ast.Break)
        ):
            yield loop.body, [*loop.body[1:], first]


def _partner_forgotten(tree: ast.Module) -> Iterator[Swap]:
    """Of what is remembered about the best, one part is not replaced."""
    loops = [node for node in ast.walk(tree) if is_loop(node)]
    for loop in loops:
        for node in nodes(loop, ast.If):
            if len(node.body) == 2 and all(isinstance(item, ast.Assign) for item in node.body):
                yield node.body, node.body[:1]
                yield node.body, node.body[1:]


FAULTS = (
    Fault("catches-wrong-exception", _wrong_exception),
    Fault("try-too-large", _try_too_large),
    Fault("bare-except-hides-error", _error_hidden),
    Fault("exception-returned-not-raised", _returned_not_raised),
    Fault("missing-self-prefix", _self_missing),
    Fault("mutable-class-attribute", _shared_list),
    Fault("method-without-call", _not_called),
    Fault("end-marker-treated-as-data", _marker_is_data),
    Fault("best-value-without-its-partner", _partner_forgotten),
)

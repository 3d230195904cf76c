"""Faults in formatted text, in text of several lines, in conversions, and in sorting by a key."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.items.faults.fault import Fault, Swap, is_call, method_call, nodes


def _prefix_missing(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.JoinedStr):
        if any(isinstance(part, ast.FormattedValue) for part in node.values):
            yield node, ast.Constant(ast.unparse(node)[2:-1])


def _format_dropped(tree: ast.Module) -> Iterator[Swap]:
    """The values are right, the wanted form is not."""
    for node in nodes(tree, ast.FormattedValue):
        if node.format_spec is not None:
            yield node, ast.FormattedValue(node.value, node.conversion, None)


def _rounded_for_format(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.FormattedValue):
        spec = _spec(node)
        if spec.startswith(".") and spec.endswith("f") and spec[1:-1].isdigit():
            rounded = ast.Call(ast.Name("round", ast.Load()), [node.value, ast.Constant(int(spec[1:-1]))], [])
            yield node, ast.FormattedValue(rounded, node.conversion, None)


def _width_cuts(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.FormattedValue):
        spec = _spec(node)
        if spec.isdigit() and not spec.startswith("0") and isinstance(node.value, ast.Name):
            part = ast.Subscript(node.value, ast.Slice(None, ast.Constant(int(spec)), None), ast.Load())
            yield node, ast.FormattedValue(part, node.conversion, node.format_spec)


def _spec(node: ast.FormattedValue) -> str:
    """The format of a value where it is written out, else nothing."""
    if isinstance(node.format_spec, ast.JoinedStr) and len(node.format_spec.values) == 1:
        part = node.format_spec.values[0]
        return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else ""
    return ""


def _newline_kept(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        found = method_call(node)
        if found and found[1].attr == "splitlines" and not node.args:
            yield node, ast.Call(node.func, [ast.Constant(True)], [])


def _split_strips(tree: ast.Module) -> Iterator[Swap]:
    """`strip` is thought to be needless for a piece of a split text."""
    for node in nodes(tree, ast.Call):
        found = method_call(node)
        if found and found[1].attr == "strip" and isinstance(found[1].value, ast.Subscript):
            yield node, found[1].value


def _text_is_number(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        if is_call(node, "int") and len(node.args) == 1 and isinstance(node.args[0], ast.Name | ast.Subscript):
            yield node, node.args[0]


def _ties_ignored(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Lambda):
        if isinstance(node.body, ast.Tuple):
            yield node.body, node.body.elts[0]


def _reversed_for_one(tree: ast.Module) -> Iterator[Swap]:
    for node in nodes(tree, ast.Call):
        if not is_call(node, "sorted") or len(node.keywords) != 1:
            continue
        key = node.keywords[0].value
        if not isinstance(key, ast.Lambda) or not isinstance(key.body, ast.Tuple):
            continue
        first, *others = key.body.elts
        if isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub):
            turned = ast.Lambda(key.args, ast.Tuple([first.operand, *others], ast.Load()))
            yield (
                node,
                ast.Call(
                    node.func, node.args, [ast.keyword("key", turned), ast.keyword("reverse", ast.Constant(True))]
                ),
            )


FAULTS = (
    Fault("f-prefix-missing", _prefix_missing),
    Fault("wrong-output-format", _format_dropped),
    Fault("round-keeps-trailing-zeros", _rounded_for_format),
    Fault("width-cuts-text", _width_cuts),
    Fault("newline-kept-in-line", _newline_kept),
    Fault("split-strips-pieces", _split_strips),
    Fault("string-number-confusion", _text_is_number),
    Fault("top-k-ties-ignored", _ties_ignored),
    Fault("reverse-applies-to-one-key", _reversed_for_one),
)

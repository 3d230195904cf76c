"""Changes that move statements, add some, or give other first values and bounds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from gradatim.tools.claims.prose.edits import indent_of, spliced, tree_of


def bounds(lines: Sequence[str], start: str | None, stops: Sequence[str]) -> Iterator[list[str]]:
    """Other ends for each range that a loop runs over."""
    tree = tree_of(lines)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
            given = [ast.unparse(item) for item in node.args]
            names = {item.id for item in ast.walk(node) if isinstance(item, ast.Name)} - {"range"}
            told = [item for stop in stops for item in re.findall(r"[^\W\d]\w*", stop)]
            if told and names and not names & set(told) and any(name in "\n".join(lines) for name in told):
                continue
            first, end, *step = ["0", *given] if len(given) == 1 else given
            for stop in stops or (end, f"{end} + 1"):
                text = ", ".join([start or first, stop, *step])
                if start is None and len(given) == 1:
                    text = stop
                changed = spliced(lines, node, f"range({text})")
                if changed:
                    yield changed


def range_stops(lines: Sequence[str]) -> list[str]:
    """What the ranges of the program end at."""
    tree = tree_of(lines)
    if tree is None:
        return []
    ranges = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "range"]
    return [ast.unparse(node.args[min(1, len(node.args) - 1)]) for node in ranges if node.args]


def initial(lines: Sequence[str], name: str | None, value: str) -> Iterator[list[str]]:
    """Another first value for a variable; for any variable with a plain first value where none is named."""
    tree = tree_of(lines)
    if tree is None:
        return
    done: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for item, old in pairs:
                text = ast.unparse(item)
                short = item.attr if isinstance(item, ast.Attribute) else text
                wanted = name in (text, short) if name else isinstance(old, ast.Constant | ast.List | ast.Dict)
                if wanted and text not in done:
                    done.add(text)
                    changed = spliced(lines, old, value)
                    if changed:
                        yield changed
    if name and name.isidentifier() and not done:
        yield from at_top(lines, [f"{name} = {value}"])


def at_top(lines: Sequence[str], new: Sequence[str]) -> Iterator[list[str]]:
    """Lines put before the first statement of each function, or of the program where it has none."""
    tree = tree_of(lines)
    if tree is None or not tree.body:
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for body in [node.body for node in functions] or [tree.body]:
        line = body[0].lineno
        indent = lines[line - 1][: indent_of(lines[line - 1])]
        yield [*lines[: line - 1], *(indent + item for item in new), *lines[line - 1 :]]


def after_first(lines: Sequence[str], new: Sequence[str]) -> Iterator[list[str]]:
    """Lines put behind each of the first statements of a body, where what they use may be set."""
    tree = tree_of(lines)
    if tree is None or not tree.body:
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for body in [node.body for node in functions] or [tree.body]:
        for item in body[1:4]:
            indent = lines[item.lineno - 1][: indent_of(lines[item.lineno - 1])]
            yield [*lines[: item.lineno - 1], *(indent + text for text in new), *lines[item.lineno - 1 :]]


def moved_out(lines: Sequence[str], starts: str) -> Iterator[list[str]]:
    """Statements that begin with this word taken out of the innermost loop, or branch, that holds them."""
    tree = tree_of(lines)
    if tree is None:
        return
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While | ast.If)]
    for number, line in enumerate(lines, 1):
        if not line.strip().startswith(starts):
            continue
        holding = [node for node in blocks if node.lineno < number <= (node.end_lineno or node.lineno)]
        for block in sorted(holding, key=lambda node: -node.lineno):
            indent = lines[block.lineno - 1][: indent_of(lines[block.lineno - 1])]
            end = block.end_lineno or block.lineno
            rest = [*lines[block.lineno : number - 1], *lines[number:end]]
            if any(item.strip() for item in rest):
                yield [*lines[: block.lineno], *rest, indent + line.strip(), *lines[end:]]
                yield [*lines[: block.lineno - 1], indent + line.strip(), lines[block.lineno - 1], *rest, *lines[end:]]


def moved_in(lines: Sequence[str], starts: str) -> Iterator[list[str]]:
    """Statements that begin with this word put at the end of the body of the loop or branch before them."""
    tree = tree_of(lines)
    if tree is None:
        return
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While | ast.If)]
    for number, line in enumerate(lines, 1):
        if not line.strip().startswith(starts):
            continue
        for block in blocks:
            end = block.body[-1].end_lineno or block.lineno
            inner = lines[block.body[0].lineno - 1]
            indent = inner[: indent_of(inner)]
            without = [item for index, item in enumerate(lines, 1) if index != number]
            if end < number:
                yield [*without[:end], indent + line.strip(), *without[end:]]
            elif number < block.lineno:
                first = block.body[0].lineno - 2
                yield [*without[:first], indent + line.strip(), *without[first:]]


def returned(lines: Sequence[str], value: str | None) -> Iterator[list[str]]:
    """A missing `return`: before an expression or a print, or at the end of each function."""
    tree = tree_of(lines)
    if tree is None:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and node.lineno == node.end_lineno:
            inside = node.value
            if isinstance(inside, ast.Call) and getattr(inside.func, "id", "") == "print" and inside.args:
                inside = inside.args[0]
            changed = spliced(lines, node, f"return {ast.unparse(inside)}")
            if changed and value in (None, ast.unparse(inside)):
                yield changed
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in functions:
        end = node.end_lineno or node.lineno
        indent = lines[node.body[0].lineno - 1][: indent_of(lines[node.body[0].lineno - 1])]
        names = [value] if value else sorted(set(_stored(node)))
        for name in names:
            yield [*lines[:end], f"{indent}return {name}", *lines[end:]]
        if value:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    changed = spliced(lines, inner.value, value)
                    if changed:
                        yield changed


def converted(lines: Sequence[str], to: str) -> Iterator[list[str]]:
    """Inputs, or values that a method or function would convert, converted at every place where that makes sense."""
    text = "\n".join(lines)
    if to in ("int", "float") and "input()" in text:
        yield [line if f"{to}(input())" in line else line.replace("input()", f"{to}(input())") for line in lines]
    tree = tree_of(lines)
    if tree is None:
        return
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for node in functions:
        for item in node.args.args:
            call = f"{item.arg}.{to}()" if to in ("lower", "upper") else f"{to}({item.arg})"
            yield from at_top(lines, [f"{item.arg} = {call}"])
    if to == "abs":
        return
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    for node in names[:40]:
        if to in ("lower", "upper"):
            changed = spliced(lines, node, f"{node.id}.{to}()")
        else:
            changed = spliced(lines, node, f"{to}({node.id})")
        if changed:
            yield changed


def _stored(node: ast.AST) -> Iterator[str]:
    for item in ast.walk(node):
        if isinstance(item, ast.Name) and isinstance(item.ctx, ast.Store):
            yield item.id

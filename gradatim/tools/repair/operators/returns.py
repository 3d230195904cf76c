"""Edits of what a function gives back: print and return, a missing return, its value and its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.program import Function, FunctionNode
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_VALUE = "what is returned"
_INSTEAD_OF_NONE = {"False": 0.4, "True": 0.3, "0": 0.3, "-1": 0.2, "[]": 0.3, "''": 0.2, "()": 0.2, "None": 0.1}
_AT_THE_END = {"False": 0.4, "True": 0.4, "0": 0.12, "None": 0.1, "[]": 0.12, "()": 0.08, "''": 0.08}
_LOOPS = (ast.For, ast.While)


def candidates(source: Source) -> Iterator[Candidate]:
    """All edits of returns."""
    for function, nodes, _ in source.scopes():
        for node in nodes:
            if isinstance(node, ast.Return):
                yield from _value(source, function, node)
                yield from _printed(source, node)
            elif isinstance(node, ast.Expr):
                yield from _unreturned(source, function, node)
            elif isinstance(node, ast.Assign | ast.AugAssign):
                yield from _assigned(source, function, node)
        if function is not None:
            yield from _missing(source, function)


def _value(source: Source, function: Function | None, node: ast.Return) -> Iterator[Candidate]:
    span = source.span(node)
    line = node.lineno
    own = "" if node.value is None else source.get(node.value)
    options: dict[str, float] = {}
    if function is not None:
        for other in function.returns:
            if other.value is not None:
                options.setdefault(source.get(other.value), 0.4)
        booleans = any(_is_bool(other.value) for other in function.returns)
        accumulators = _accumulators(function)
        for name in source.names_in(function):
            if booleans and name in accumulators:
                options |= {f"{name} == 1": 0.4, f"{name} > 0": 0.3, f"{name} == 0": 0.25, f"{name} > 1": 0.15}
            options.setdefault(name, 0.2 if booleans else 0.45)
            options.setdefault(f"len({name})", 0.15)
    match node.value:
        case ast.Constant(value=bool(value)):
            options = {str(not value): 0.9} | options
        case None | ast.Constant(value=None):
            options = _INSTEAD_OF_NONE | options
        case ast.Constant():
            for text in ("True", "False", "None", "0", "1", "-1", "[]", "''", "()"):
                options.setdefault(text, 0.08)
        case _:
            for text in ("True", "False", "None", "[]", "0", "1", "()", "''"):
                options.setdefault(text, 0.08)
    for text, prior in options.items():
        if text != own:
            yield Candidate(
                source.changed([(*span, f"return {text}")]), "return-value", prior, line, _VALUE,
                overfits=prior < 0.1,
            )  # fmt: skip
    if own:
        for text, prior in ((f"not {own}", 0.2), (f"{own} + 1", 0.35), (f"{own} - 1", 0.35), (f"-{own}", 0.1)):
            if node.value is not None and not isinstance(node.value, ast.Constant):
                yield source.swap(node.value, text, "return-value", prior, _VALUE)
    if isinstance(node.value, ast.Compare) and function is not None:
        yield Candidate(source.changed([(*span, f"return not ({own})")]), "return-value", 0.4, line, _VALUE)


def _printed(source: Source, node: ast.Return) -> Iterator[Candidate]:
    if node.value is not None:
        code = source.changed([(*source.span(node), f"print({source.get(node.value)})")])
        yield Candidate(code, "return-to-print", 0.2, node.lineno, "the return")


def _unreturned(source: Source, function: Function | None, node: ast.Expr) -> Iterator[Candidate]:
    """`print(x)` for `return x`, and an expression whose value is lost."""
    if function is None:
        return
    match node.value:
        case ast.Call(func=ast.Name(id="print"), args=[only], keywords=[]):
            text = source.get(only)
            code = source.changed([(*source.span(node), f"return {text}")])
            yield Candidate(code, "print-to-return", 1.0, node.lineno, "the print")
        case ast.Constant(value=str()) if node is function.node.body[0]:
            return
        case _:
            code = source.changed([(*source.span(node), f"return {source.get(node.value)}")])
            call = isinstance(node.value, ast.Call | ast.YieldFrom | ast.Yield)
            yield Candidate(code, "missing-return", 0.6 if call else 0.9, node.lineno, "a value that is not returned")


def _assigned(source: Source, function: Function | None, node: ast.Assign | ast.AugAssign) -> Iterator[Candidate]:
    """An assignment that should be a return, also to the function's own name."""
    if function is None:
        return
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    own = isinstance(target, ast.Name) and target.id in (function.name, "result", "answer")
    text = source.get(node.value)
    code = source.changed([(*source.span(node), f"return {text}")])
    yield Candidate(code, "missing-return", 0.7 if own else 0.2, node.lineno, "an assignment instead of a return")


def _missing(source: Source, function: Function) -> Iterator[Candidate]:
    """A return put at the end of a function, of a loop or of a branch."""
    accumulators = _accumulators(function)
    values: dict[str, float] = {}
    for name in source.names_in(function):
        values[name] = 0.9 if name in accumulators else 0.35
        if name not in accumulators:
            values[f"len({name})"] = 0.25
    booleans = any(_is_bool(item.value) for item in function.returns)
    for text, prior in _AT_THE_END.items():
        values[text] = prior + 0.4 if booleans and text in ("True", "False") else prior
    for item in function.returns:
        if item.value is not None:
            values.setdefault(source.get(item.value), 0.35)
    where = f"the end of function `{function.name}`"
    end = source.block(function.node.body)
    if end is not None:
        first = function.node.body[0].lineno
        indent = source.indent(first) if first > function.line else source.indent(function.line) + source.unit
        for text, prior in values.items():
            new = [f"{indent}return {text}"]
            last = end[1]
            code = source.relined(last + 1, last, new)
            scale = 1.0 if not isinstance(function.node.body[-1], ast.Return) else 0.05
            yield Candidate(code, "missing-return", prior * scale, last, where)
            if isinstance(function.node.body[-1], ast.Return) and len(function.node.body) > 1:
                at = function.node.body[-1].lineno
                yield Candidate(source.relined(at, end[1], new), "return-value", 0.2 * prior, at, _VALUE)
    for node in function.nodes:
        if isinstance(node, ast.If) and not _ends(node.body):
            yield from _in_block(source, node.body, values, 0.4)
        if isinstance(node, ast.If) and node.orelse and not _ends(node.orelse):
            yield from _in_block(source, node.orelse, values, 0.4)
        if isinstance(node, _LOOPS):
            yield from _in_block(source, node.body, values, 0.15)
            yield from _after(source, node, values, 0.5)


def _ends(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Return | ast.Raise | ast.Break | ast.Continue)


def _is_bool(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Compare) or (isinstance(value, ast.Constant) and isinstance(value.value, bool))


def _in_block(source: Source, body: list[ast.stmt], values: dict[str, float], scale: float) -> Iterator[Candidate]:
    extent = source.block(body)
    if extent is None or isinstance(body[-1], FunctionNode | ast.ClassDef):
        return
    indent = source.indent(body[0].lineno)
    for text, prior in values.items():
        code = source.relined(extent[1] + 1, extent[1], [f"{indent}return {text}"])
        yield Candidate(code, "missing-return", scale * prior, extent[1], "the end of the block")


def _after(source: Source, node: ast.stmt, values: dict[str, float], scale: float) -> Iterator[Candidate]:
    extent = source.extent(node)
    following = source.program.next_of(node)
    if extent is None or following is None:
        return  # at the end of the function it is put anyway
    indent = source.indent(extent[0])
    for text, prior in values.items():
        code = source.relined(extent[1] + 1, extent[1], [f"{indent}return {text}"])
        yield Candidate(code, "missing-return", 0.3 * scale * prior, extent[1], "the end of the loop")


def _accumulators(function: Function) -> frozenset[str]:
    """Names that are changed step by step: what a function is usually meant to return."""
    found: set[str] = set()
    for node in function.nodes:
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if any(
                isinstance(part, ast.Name) and part.id == name for part in ast.walk(value)
            ):
                found.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add" | "extend" | "insert")):
                found.add(name)
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]):
                found.add(name)
            case _:
                continue
    return frozenset(found)

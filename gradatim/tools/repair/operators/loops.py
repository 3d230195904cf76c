"""Edits of loops: bounds of a range, what is gone through, the direction of a counter."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.program import Function
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_ENDS = re.compile(r"^(?P<base>.+?)\s*[-+]\s*1$")


def candidates(source: Source) -> Iterator[Candidate]:
    """All edits of loops."""
    for node in source.program.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
            yield from _range(source, node)
        elif isinstance(node, ast.For):
            yield from _iterable(source, node)
    for function, nodes, _ in source.scopes():
        yield from _over(source, function, nodes)


def _range(source: Source, node: ast.Call) -> Iterator[Candidate]:
    texts = [source.get(argument) for argument in node.args]
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    end = texts[0] if len(texts) == 1 else texts[1]
    start = texts[0] if len(texts) > 1 else None
    step = texts[2] if len(texts) > 2 else None
    last, first, pace = "the end of the range", "the start of the range", "the step of the range"

    def made(new_start: str | None, new_end: str, new_step: str | None, prior: float, what: str) -> Candidate:
        parts = [new_end] if new_start is None and new_step is None else [new_start or "0", new_end]
        parts += [] if new_step is None else [new_step]
        span = (source.span(node.args[0])[0], source.span(node.args[-1])[1])
        code = source.changed([(*span, ", ".join(parts))])
        return Candidate(code, "loop-bound", prior, node.lineno, what)

    shorter = _ENDS.match(end)
    if shorter is not None:
        yield made(start, shorter["base"], step, 0.95, last)
    yield made(start, f"{end} + 1", step, 0.9, last)
    yield made(start, f"{end} - 1", step, 0.8, last)
    if not end.startswith("len(") and re.fullmatch(r"[\w.\[\]]+", end):
        yield made(start, f"len({end})", step, 0.75, last)
        yield made(start, f"len({end}) - 1", step, 0.3, last)
    if end.startswith("len(") and shorter is None:
        yield made(start, end[4:-1], step, 0.2, last)
        yield made(None if start == "0" else f"{end} - 1", "-1", "-1", 0.3, "the direction of the range")
    yield made(start, f"{end} // 2", step, 0.12, last)
    yield made(start, f"{end} // 2 + 1", step, 0.1, last)
    if start is None:
        yield made("1", end, None, 0.6, first)
        yield made("1", f"{end} + 1", None, 0.7, "the range")
        yield made("2", end, None, 0.25, first)
        yield made("2", f"{end} + 1", None, 0.25, "the range")
        yield made("0", end, "2", 0.1, pace)
    else:
        shorter_start = _ENDS.match(start)
        if shorter_start is not None:
            yield made(shorter_start["base"], end, step, 0.6, first)
        yield made(f"{start} + 1" if not start.isdigit() else str(int(start) + 1), end, step, 0.6, first)
        if start != "0":
            yield made("0", end, step, 0.7, first)
            yield made(str(int(start) - 1) if start.isdigit() else f"{start} - 1", end, step, 0.5, first)
        if step is None:
            yield made(start, end, "-1", 0.4, pace)
            yield made(end, start, None, 0.1, "the range")
            yield made(f"{end} - 1", f"{start} - 1", "-1", 0.2, "the range")
    if step is not None:
        yield made(start, end, None, 0.3, pace)
        if step == "-1" and end == "0":
            yield made(start, "-1", step, 0.9, last)
        if step == "-1" and start is not None and start.startswith("len(") and start.endswith(")"):
            yield made(f"{start} - 1", end, step, 0.8, first)


def _iterable(source: Source, node: ast.For) -> Iterator[Candidate]:
    """`for x in n` for `for x in range(n)`, `range(len(x))` for `x` and the other way round."""
    text = source.get(node.iter)
    what = "what the loop goes through"
    if isinstance(node.iter, ast.Name | ast.Attribute | ast.Constant | ast.BinOp):
        for new, prior in (
            (f"range({text})", 0.6), (f"range(1, {text} + 1)", 0.3), (f"range({text} + 1)", 0.3),
            (f"range(len({text}))", 0.6), (f"reversed({text})", 0.15), (f"sorted({text})", 0.12),
            (f"range(len({text}) - 1)", 0.15), (f"{text}[1:]", 0.25), (f"{text}[:-1]", 0.15), (f"str({text})", 0.2),
            (f"{text}[::-1]", 0.12),
        ):  # fmt: skip
            yield source.swap(node.iter, new, "loop-iterable", prior, what)
    match node.iter:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Call(func=ast.Name(id="len"), args=[inner])]):
            yield source.swap(node.iter, source.get(inner), "loop-iterable", 0.7, what)
            yield from _enumerated(source, node, inner)
        case ast.Call(func=ast.Name(id="range" | "enumerate" | "len" | "sorted" | "reversed"), args=[inner]):
            yield source.swap(node.iter, source.get(inner), "loop-iterable", 0.4, what)
            if text.startswith("len("):
                yield source.swap(node.iter, f"range({text})", "loop-iterable", 0.9, what)
        case ast.Name():
            if isinstance(node.target, ast.Tuple) and len(node.target.elts) == 2:
                yield source.swap(node.iter, f"enumerate({text})", "loop-iterable", 0.7, what)
                yield source.swap(node.iter, f"{text}.items()", "loop-iterable", 0.6, what)
        case _:
            return


def _enumerated(source: Source, node: ast.For, inner: ast.expr) -> Iterator[Candidate]:
    """All `x` that should be `seq[x]`, and the other way round, in the body of a loop over indices."""
    if not isinstance(node.target, ast.Name):
        return
    name, seq = node.target.id, source.get(inner)
    loads = [
        part
        for statement in node.body
        for part in ast.walk(statement)
        if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Load)
    ]
    bare = [part for part in loads if not isinstance(source.program.parent(part), ast.Subscript)]
    if len(bare) > 1:
        code = source.changed([(*source.span(part), f"{seq}[{name}]") for part in bare])
        yield Candidate(code, "index-for-element", 0.3, bare[0].lineno, "index and element in the loop, the first")


def _over(source: Source, function: Function | None, nodes: tuple[ast.AST, ...]) -> Iterator[Candidate]:
    """Another variable to go through."""
    names = source.names_in(function)
    for node in nodes:
        if isinstance(node, ast.For) and not isinstance(node.iter, ast.Name):
            targets = {part.id for part in ast.walk(node.target) if isinstance(part, ast.Name)}
            for name in names:
                if name not in targets:
                    yield source.swap(node.iter, name, "loop-iterable", 0.2, "what the loop goes through")
                    yield source.swap(
                        node.iter, f"range(len({name}))", "loop-iterable", 0.15, "what the loop goes through"
                    )

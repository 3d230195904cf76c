"""Edits of the order and the nesting of statements: dedent, indent, delete, move, swap, branches, jumps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.program import Function, FunctionNode
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try)
_LOOPS = (ast.For, ast.While)


def candidates(source: Source) -> Iterator[Candidate]:
    """All edits of blocks."""
    tree = source.program.tree
    if tree is None:
        return
    yield from _body(source, tree.body, None)
    for node in source.program.nodes:
        if isinstance(node, FunctionNode):
            yield from _body(source, node.body, node)
        elif isinstance(node, _COMPOUND):
            yield from _body(source, node.body, node)
            other = getattr(node, "orelse", None)
            if other and not _is_elif(source, node):
                yield from _body(source, other, node)
            if isinstance(node, ast.If):
                yield from _branches(source, node)
            if isinstance(node, _LOOPS):
                yield from _loop(source, node)
            if isinstance(node, ast.While):
                yield from _while(source, node)
        elif isinstance(node, ast.Break | ast.Continue | ast.Pass):
            yield from _jump(source, node)
    for function in source.functions:
        yield from _early(source, function)
        if function.trivial:
            yield from _unwritten(source, function)


def _is_elif(source: Source, node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and len(node.orelse) == 1
        and isinstance(node.orelse[0], ast.If)
        and source.lines[node.orelse[0].lineno - 1].lstrip().startswith("elif")
    )


def _body(source: Source, body: list[ast.stmt], parent: ast.AST | None) -> Iterator[Candidate]:
    for place, statement in enumerate(body):
        extent = source.extent(statement)
        if extent is None or isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        indent = source.indent(extent[0])
        if not isinstance(statement, FunctionNode | ast.ClassDef):
            yield from _delete(source, statement, extent, alone=len(body) == 1, indent=indent)
            yield from _unwrap(source, statement, extent, indent)
        if place:
            yield from _neighbours(source, body[place - 1], statement)
            yield from _into(source, body[place - 1], statement, extent, indent)
        if place + 1 < len(body):
            yield from _into_following(source, statement, body[place + 1], extent, indent)
        if parent is not None and not isinstance(parent, FunctionNode) and isinstance(parent, ast.stmt):
            yield from _out(source, body, place, parent, extent, indent)


def _delete(
    source: Source, statement: ast.stmt, extent: tuple[int, int], *, alone: bool, indent: str
) -> Iterator[Candidate]:
    rest = [f"{indent}pass"] if alone else []
    prior = 0.25 if isinstance(statement, _COMPOUND) else 0.4
    yield Candidate(source.relined(*extent, rest), "statement-removed", prior, extent[0], "the statement")


def _unwrap(source: Source, statement: ast.stmt, extent: tuple[int, int], indent: str) -> Iterator[Candidate]:
    """The body of an if or a loop without the if or the loop."""
    if isinstance(statement, ast.If | ast.For | ast.While) and not statement.orelse:
        inner = source.block(statement.body)
        if inner is not None:
            lines = source.reindented(source.taken(*inner), source.indent(inner[0]), indent)
            what = "the condition around the block" if isinstance(statement, ast.If) else "the loop"
            yield Candidate(source.relined(*extent, lines), "block-unwrapped", 0.2, extent[0], what)


def _neighbours(source: Source, one: ast.stmt, two: ast.stmt) -> Iterator[Candidate]:
    first, second = source.extent(one), source.extent(two)
    if first is None or second is None or isinstance(one, FunctionNode | ast.ClassDef):
        return
    between = source.taken(first[1] + 1, second[0] - 1)
    lines = [*source.taken(*second), *between, *source.taken(*first)]
    yield Candidate(
        source.relined(first[0], second[1], lines), "statements-swapped", 0.5, first[0], "the order of the statements"
    )


def _last_block(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Blocks of a statement that what follows it could belong to, the innermost last."""
    found: list[list[ast.stmt]] = []
    while isinstance(statement, ast.For | ast.While | ast.If | ast.With | ast.Try):
        block = statement.body
        if isinstance(statement, ast.If) and statement.orelse:
            block = statement.orelse
        found.append(block)
        statement = block[-1]
    return found


def _into(
    source: Source, before: ast.stmt, statement: ast.stmt, extent: tuple[int, int], indent: str
) -> Iterator[Candidate]:
    """A statement drawn into the block before it."""
    if isinstance(statement, FunctionNode | ast.ClassDef):
        return
    for block in _last_block(before):
        inside = source.block(block)
        if inside is None or source.indent(inside[0]) == indent:
            continue
        lines = source.reindented(source.taken(*extent), indent, source.indent(inside[0]))
        yield Candidate(
            source.relined(*extent, lines), "statement-indented", 0.5, extent[0], "the indentation of the statement"
        )
    if isinstance(before, ast.If):  # also into the first branch
        inside = source.block(before.body)
        if before.orelse and inside is not None:
            lines = source.reindented(source.taken(*extent), indent, source.indent(inside[0]))
            text = [*source.lines[: inside[1]], *lines, *source.lines[inside[1] : extent[0] - 1]]
            code = "\n".join([*text, *source.lines[extent[1] :]])
            yield Candidate(code, "statement-moved", 0.2, extent[0], "the place of the statement")


def _into_following(
    source: Source, statement: ast.stmt, following: ast.stmt, extent: tuple[int, int], indent: str
) -> Iterator[Candidate]:
    """A statement put at the start of the block after it: an initial value that belongs into the loop."""
    if not isinstance(following, ast.For | ast.While | ast.If) or not isinstance(statement, ast.Assign | ast.AugAssign):
        return
    inside = source.block(following.body)
    if inside is None:
        return
    lines = source.reindented(source.taken(*extent), indent, source.indent(inside[0]))
    text = [*source.lines[: extent[0] - 1], *source.lines[extent[1] : inside[0] - 1], *lines]
    code = "\n".join([*text, *source.lines[inside[0] - 1 :]])
    yield Candidate(code, "statement-moved", 0.35, extent[0], "the place of the statement")


def _out(
    source: Source, body: list[ast.stmt], place: int, parent: ast.stmt, extent: tuple[int, int], indent: str
) -> Iterator[Candidate]:
    """A statement (and what follows it) taken out of its block, behind or before it."""
    outer = source.indent(parent.lineno)
    around = source.extent(parent)
    if around is None or not indent.startswith(outer) or indent == outer:
        return
    statement = body[place]
    what = "the indentation of the statement"
    if place == len(body) - 1 and extent[1] == around[1]:
        prior = 0.9 if isinstance(statement, ast.Return) and len(body) > 1 else 0.5
        rest = [] if len(body) > 1 else [f"{indent}pass"]
        for level in _levels(source, parent, indent):
            lines = source.reindented(source.taken(*extent), indent, level)
            yield Candidate(source.relined(*extent, [*rest, *lines]), "dedent", prior, extent[0], what)
    elif extent[1] < around[1]:
        lines = source.reindented(source.taken(*extent), indent, outer)
        kept = source.taken(extent[1] + 1, around[1])
        rest = [] if len(body) > 1 else [f"{indent}pass"]
        code = source.relined(extent[0], around[1], [*rest, *kept, *lines])
        yield Candidate(code, "statement-moved", 0.4, extent[0], "the place of the statement")
        tail = source.block(body[place:])
        if place and tail is not None and tail[1] == around[1] and place < len(body) - 1:
            lines = source.reindented(source.taken(*tail), indent, outer)
            yield Candidate(source.relined(*tail, lines), "dedent", 0.5, extent[0], "the indentation of the statements")
    if place == 0 or isinstance(statement, ast.Assign):
        lines = source.reindented(source.taken(*extent), indent, outer)
        rest = [] if len(body) > 1 else [f"{indent}pass"]
        text = [*source.lines[: around[0] - 1], *lines, *source.lines[around[0] - 1 : extent[0] - 1], *rest]
        code = "\n".join([*text, *source.lines[extent[1] :]])
        prior = 0.6 if isinstance(statement, ast.Assign) and isinstance(parent, _LOOPS) else 0.25
        yield Candidate(code, "statement-moved", prior, extent[0], "the place of the statement")


def _levels(source: Source, parent: ast.stmt, indent: str) -> list[str]:
    """Indentations of the blocks around, from the nearest outwards, up to that of the function's body."""
    found: list[str] = []
    node: ast.AST | None = parent
    while isinstance(node, ast.stmt) and not isinstance(node, FunctionNode | ast.ClassDef):
        level = source.indent(node.lineno)
        if level != indent and level not in found:
            found.append(level)
        node = source.program.parent(node)
    return found


_ELSE = re.compile(r"^(\s*)else\s*:")


def _branches(source: Source, node: ast.If) -> Iterator[Candidate]:
    """`if` ↔ `elif`, `else` away, bodies exchanged, else of the loop."""
    line = node.lineno
    text = source.lines[line - 1]
    if text.lstrip().startswith("elif"):
        code = source.relined(line, line, [text.replace("elif", "if", 1)])
        yield Candidate(code, "elif-to-if", 0.5, line, "the `elif`")
    elif source.extent(node) is not None:
        code = source.relined(line, line, [text.replace("if", "elif", 1)])
        yield Candidate(code, "if-to-elif", 0.6, line, "the `if`")
    if not node.orelse or _is_elif(source, node):
        return
    inner, other = source.block(node.body), source.block(node.orelse)
    if inner is None or other is None:
        return
    header = next((n for n in range(inner[1] + 1, other[0] + 1) if _ELSE.match(source.lines[n - 1])), None)
    if header is None or header == other[0]:
        return
    indent = source.indent(line)
    bodies = [*source.taken(*other), *source.taken(inner[1] + 1, other[0] - 1), *source.taken(*inner)]
    yield Candidate(
        source.relined(inner[0], other[1], bodies), "branches-swapped", 0.5, line, "the branches of the `if`"
    )
    after = source.reindented(source.taken(*other), source.indent(other[0]), indent)
    prior = 0.8 if any(isinstance(item, ast.Return) for item in node.orelse) else 0.5
    yield Candidate(source.relined(header, other[1], after), "else-removed", prior, header, "the `else`")
    yield Candidate(source.relined(header, other[1], []), "else-removed", 0.35, header, "the `else` branch")
    for level in _levels(source, node, indent):
        if any(isinstance(item, _LOOPS) for item in _around(source, node)):
            lines = source.reindented(source.taken(*other), source.indent(other[0]), level)
            yield Candidate(
                source.relined(header, other[1], lines), "else-after-loop", 0.85, header, "the `else` in the loop"
            )


def _around(source: Source, node: ast.AST) -> Iterator[ast.AST]:
    for above in source.program.ancestors(node):
        if isinstance(above, FunctionNode):
            return
        yield above


def _loop(source: Source, node: ast.For | ast.While) -> Iterator[Candidate]:
    """`else` of the loop away."""
    if node.orelse:
        inner, other = source.block(node.body), source.block(node.orelse)
        if inner is None or other is None:
            return
        header = next((n for n in range(inner[1] + 1, other[0] + 1) if _ELSE.match(source.lines[n - 1])), None)
        if header is not None and header < other[0]:
            after = source.reindented(source.taken(*other), source.indent(other[0]), source.indent(node.lineno))
            code = source.relined(header, other[1], after)
            yield Candidate(code, "else-removed", 0.5, header, "the `else` of the loop")
    end = source.block(node.body)
    if end is not None and not isinstance(node.body[-1], ast.Return | ast.Break | ast.Continue):
        indent = source.indent(node.body[0].lineno)
        for name in _counters(node):
            for text in (f"{name} += 1", f"{name} -= 1"):
                code = source.relined(end[1] + 1, end[1], [indent + text])
                yield Candidate(code, "step-added", 0.5, end[1], "the end of the loop")
        code = source.relined(end[1] + 1, end[1], [f"{indent}break"])
        yield Candidate(code, "break-added", 0.12, end[1], "the end of the loop")
    for part in ast.walk(node):
        if isinstance(part, ast.If):
            block = source.block(part.body)
            if block is not None and not isinstance(part.body[-1], ast.Return | ast.Break | ast.Continue):
                indent = source.indent(part.body[0].lineno)
                code = source.relined(block[1] + 1, block[1], [f"{indent}break"])
                yield Candidate(code, "break-added", 0.3, block[1], "the end of the block")


def _counters(node: ast.For | ast.While) -> list[str]:
    if not isinstance(node, ast.While):
        return []
    return list(dict.fromkeys(part.id for part in ast.walk(node.test) if isinstance(part, ast.Name)))[:3]


def _while(source: Source, node: ast.While) -> Iterator[Candidate]:
    """`while` that should be `if`."""
    start = source.offset(node.lineno, node.col_offset)
    yield Candidate(source.changed([(start, start + 5, "if")]), "while-to-if", 0.3, node.lineno, "the loop")


def _jump(source: Source, node: ast.stmt) -> Iterator[Candidate]:
    own = source.get(node)
    for word, prior in (("break", 0.35), ("continue", 0.35), ("pass", 0.3)):
        if word != own:
            code = source.changed([(*source.span(node), word)])
            yield Candidate(code, "jump", prior, node.lineno, f"the `{own}`")


def _early(source: Source, function: Function) -> Iterator[Candidate]:
    """`if` in a loop that should itself be a loop."""
    for node in function.nodes:
        if isinstance(node, ast.If) and source.program.loops_around(node):
            start = source.offset(node.lineno, node.col_offset)
            if source.text[start : start + 2] == "if":
                code = source.changed([(start, start + 2, "while")])
                yield Candidate(code, "if-to-while", 0.1, node.lineno, "the `if`")


def _unwritten(source: Source, function: Function) -> Iterator[Candidate]:
    """A function without a body, filled like another with as many parameters."""
    own = source.block(function.node.body)
    if own is None or function.node.body[0].lineno == function.line:
        return
    indent = source.indent(function.node.body[0].lineno)
    for other in source.functions:
        if other.trivial or len(other.parameters) != len(function.parameters):
            continue
        extent = source.block(other.node.body)
        if extent is None or other.node.body[0].lineno == other.line:
            continue
        lines = source.reindented(source.taken(*extent), source.indent(other.node.body[0].lineno), indent)
        text = "\n".join(lines)
        for old, new in zip(other.parameters, function.parameters, strict=True):
            text = re.sub(rf"\b{re.escape(old)}\b", new, text)
        code = source.relined(*own, text.split("\n"))
        yield Candidate(code, "unwritten", 0.4, own[0], f"the body of function `{function.name}`")

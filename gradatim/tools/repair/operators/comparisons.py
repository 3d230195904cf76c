"""Edits of conditions: comparison operators, `and`/`or`, negation, another condition of the program, one more part."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.program import Function
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_ORDER = ("<", "<=", ">", ">=", "==", "!=")
_NEAR = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_OPPOSITE = {
    "<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "==", "is": "is not", "is not": "is",
    "in": "not in", "not in": "in",
}  # fmt: skip
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_SIGN = re.compile(r"not\s+in|is\s+not|[<>=!]=|[<>]|\bin\b|\bis\b")
WHAT = "the comparison"


def candidates(source: Source) -> Iterator[Candidate]:
    """All edits of conditions."""
    sites: dict[str, list[tuple[int, int]]] = {}
    for node in source.program.nodes:
        match node:
            case ast.Compare():
                yield from _comparison(source, node, sites)
            case ast.Expr(value=ast.Compare(ops=[ast.Eq()]) as test):
                place = _sign_place(source, test, 0)
                if place is not None and isinstance(test.left, ast.Name | ast.Subscript | ast.Attribute):
                    code = source.changed([(*place, "=")])
                    yield Candidate(code, "assignment", 1.0, node.lineno, "the assignment")
            case ast.BoolOp():
                yield from _boolean(source, node)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                start, end = source.span(node)
                text = source.get(operand)
                code = source.changed([(start, end, text)])
                yield Candidate(code, "negation", 0.5, node.lineno, "the condition with `not`")
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                yield from _negated(source, test)
            case _:
                continue
    yield from _all_sites(source, sites)
    for function, nodes, _ in source.scopes():
        yield from _borrowed(source, function, nodes)
        yield from _bounded(source, nodes)


def _sign_place(source: Source, node: ast.Compare, index: int) -> tuple[int, int] | None:
    left = node.left if index == 0 else node.comparators[index - 1]
    start, end = source.span(left)[1], source.span(node.comparators[index])[0]
    found = _SIGN.search(source.text, start, end)
    return None if found is None else found.span()


def _comparison(source: Source, node: ast.Compare, sites: dict[str, list[tuple[int, int]]]) -> Iterator[Candidate]:
    for index, operator in enumerate(node.ops):
        place = _sign_place(source, node, index)
        if place is None:
            continue
        sign = _SIGNS[type(operator)]
        sites.setdefault(sign, []).append(place)
        for other, prior in _other_signs(sign):
            yield Candidate(source.changed([(*place, other)]), "comparison-operator", prior, node.lineno, WHAT)
    if len(node.ops) == 1:
        left, right = node.left, node.comparators[0]
        swapped = [(*source.span(left), source.get(right)), (*source.span(right), source.get(left))]
        if type(node.ops[0]) in (ast.In, ast.NotIn, ast.Lt, ast.LtE, ast.Gt, ast.GtE):
            yield Candidate(source.changed(swapped), "comparison-operands", 0.3, node.lineno, WHAT)
        for side, other in ((left, right), (right, left)):
            yield from _shifted(source, node, side, other)


def _shifted(source: Source, node: ast.Compare, side: ast.expr, other: ast.expr) -> Iterator[Candidate]:
    if isinstance(side, ast.Constant) or not isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE | ast.Eq):
        return
    text = source.get(side)
    for delta in ("- 1", "+ 1"):
        yield source.swap(side, f"{text} {delta}", "comparison-offset", 0.22, WHAT)
    if isinstance(side, ast.Name) and not isinstance(other, ast.Call):
        yield source.swap(side, f"len({text})", "wrap-len", 0.2, WHAT)


def _other_signs(sign: str) -> Iterator[tuple[str, float]]:
    if sign in ("is", "is not"):
        yield {"is": "==", "is not": "!="}[sign], 0.7
        yield _OPPOSITE[sign], 0.5
    elif sign in ("in", "not in"):
        yield _OPPOSITE[sign], 0.6
        yield "==", 0.35
        yield "!=", 0.2
    else:
        for other in _ORDER:
            if other != sign:
                near = _NEAR.get(sign) == other
                yield other, 0.95 if near else 0.7 if other in (_OPPOSITE[sign], _MIRRORED.get(sign)) else 0.55
        if sign in ("==", "!="):
            yield {"==": "in", "!=": "not in"}[sign], 0.3


def _all_sites(source: Source, sites: dict[str, list[tuple[int, int]]]) -> Iterator[Candidate]:
    """The same sign changed wherever it stands: a wrong idea is often repeated."""
    for sign, places in sites.items():
        if len(places) < 2:
            continue
        line = source.line_of(places[0][0])
        for other, prior in _other_signs(sign):
            code = source.changed([(*place, other) for place in places])
            what = f"every comparison with `{sign}`, the first"
            yield Candidate(code, "comparison-operators", 0.55 * prior, line, what)


def _boolean(source: Source, node: ast.BoolOp) -> Iterator[Candidate]:
    sign, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    places: list[tuple[int, int, str]] = []
    for one, two in zip(node.values, node.values[1:], strict=False):
        found = re.compile(rf"\b{sign}\b").search(source.text, source.span(one)[1], source.span(two)[0])
        if found is not None:
            places.append((*found.span(), other))
    if places:
        yield Candidate(source.changed(places), "boolean-operator", 0.8, node.lineno, "the `and` or `or`")
    for index, value in enumerate(node.values):
        rest = [item for item in node.values if item is not value]
        text = f" {sign} ".join(source.get(item) for item in rest)
        if len(rest) == 1:
            yield source.swap(node, text, "condition-part-removed", 0.4, "the condition")
        else:
            start, end = source.span(node)
            yield Candidate(
                source.changed([(start, end, text)]), "condition-part-removed", 0.4, node.lineno, "the condition"
            )
        yield from _negated(source, value, 0.3)
        if index:
            parts = [value, *rest]
            text = f" {sign} ".join(source.get(item) for item in parts)
            yield Candidate(
                source.changed([(*source.span(node), text)]), "condition-order", 0.4, node.lineno,
                "the order of the conditions",
            )  # fmt: skip
        if isinstance(value, ast.Name | ast.Constant) and index and isinstance(node.values[index - 1], ast.Compare):
            # `x == 1 or 2` means another thing than it reads.
            before = node.values[index - 1]
            assert isinstance(before, ast.Compare)
            head = source.text[source.span(before)[0] : source.span(before.comparators[-1])[0]]
            yield source.swap(value, head + source.get(value), "comparison-repeated", 0.8, "the condition")


def _negated(source: Source, test: ast.expr, prior: float = 0.45) -> Iterator[Candidate]:
    if isinstance(test, ast.Compare | ast.UnaryOp):
        return
    text = source.get(test)
    yield source.swap(test, f"not ({text})" if isinstance(test, ast.BoolOp | ast.IfExp) else f"not {text}", "negation",
                      prior, "the condition")  # fmt: skip


def _conditions(nodes: tuple[ast.AST, ...]) -> list[ast.expr]:
    return [node.test for node in nodes if isinstance(node, ast.If | ast.While | ast.IfExp)]


def _borrowed(source: Source, function: Function | None, nodes: tuple[ast.AST, ...]) -> Iterator[Candidate]:
    """Another condition of the same function, alone, or joined to the one that stands there."""
    tests = _conditions(nodes)
    texts = list(dict.fromkeys(source.get(test) for test in tests))
    for test in tests:
        own = source.get(test)
        for text in texts:
            if text == own:
                continue
            yield source.swap(test, text, "condition", 0.12, "the condition")
            for sign in ("and", "or"):
                if not isinstance(test, ast.BoolOp):
                    yield source.swap(test, f"{own} {sign} {text}", "condition-added", 0.12, "the condition")
    names = source.names_in(function)
    for test in tests:
        own = source.get(test)
        if isinstance(test, ast.BoolOp):
            continue
        for name in names:
            yield source.swap(test, f"{own} and {name}", "condition-added", 0.06, "the condition")
            yield source.swap(test, f"{name} and {own}", "condition-added", 0.06, "the condition")
            yield source.swap(test, f"not {name} or {own}", "condition-added", 0.06, "the condition")


def _bounded(source: Source, nodes: tuple[ast.AST, ...]) -> Iterator[Candidate]:
    """A check of the index before it is used: `i < len(x) and x[i] …`."""
    for node in nodes:
        if not isinstance(node, ast.If | ast.While):
            continue
        own = source.get(node.test)
        for part in ast.walk(node.test):
            if not isinstance(part, ast.Subscript) or isinstance(part.slice, ast.Slice | ast.Constant):
                continue
            index, value = source.get(part.slice), source.get(part.value)
            prior = 0.6 if isinstance(node, ast.While) else 0.35
            joined = f"({own})" if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or) else own
            for guard in (f"{index} < len({value})", f"{index} >= 0"):
                yield source.swap(node.test, f"{guard} and {joined}", "index-guard", prior, "the condition")
            yield source.swap(node.test, f"{index} >= len({value}) or {own}", "index-guard", 0.2, "the condition")

"""Edits of computations: arithmetic operators, operands, indices and slices, constants, initial values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip
_INSTEAD: dict[str, dict[str, float]] = {
    "+": {"-": 0.7, "*": 0.5, "//": 0.1, "%": 0.1},
    "-": {"+": 0.7, "*": 0.2, "%": 0.1, "//": 0.1},
    "*": {"+": 0.5, "**": 0.5, "/": 0.2, "//": 0.2},
    "/": {"//": 0.9, "%": 0.4, "*": 0.3},
    "//": {"/": 0.7, "%": 0.6, "*": 0.2},
    "%": {"//": 0.6, "/": 0.4, "*": 0.1},
    "**": {"*": 0.5},
    "^": {"**": 0.9},
    "&": {"+": 0.1},
    "|": {"+": 0.1},
}
_SIGN = re.compile(r"\*\*|//|[-+*/%^&|]")
_INDEX = "the index"


def candidates(source: Source) -> Iterator[Candidate]:
    """All edits of computations."""
    for node in source.program.nodes:
        match node:
            case ast.BinOp():
                yield from _operation(source, node)
            case ast.AugAssign():
                yield from _augmented(source, node)
            case ast.Assign():
                yield from _assignment(source, node)
            case ast.Subscript(slice=ast.Slice()):
                yield from _slice(source, node)
            case ast.Subscript():
                yield from _index(source, node)
            case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
                yield source.swap(node, source.get(operand), "sign", 0.3, "the sign")
            case ast.Constant():
                yield from _constant(source, node)
            case _:
                continue


def _operation(source: Source, node: ast.BinOp) -> Iterator[Candidate]:
    start, end = source.span(node.left)[1], source.span(node.right)[0]
    found = _SIGN.search(source.text, start, end)
    sign = _SIGNS.get(type(node.op))
    if found is None or sign is None:
        return
    for other, prior in _INSTEAD.get(sign, {}).items():
        code = source.changed([(*found.span(), other)])
        yield Candidate(code, "arithmetic-operator", prior, node.lineno, f"the operator `{sign}`")
    left, right = source.get(node.left), source.get(node.right)
    if sign not in ("*",):
        swapped = [(*source.span(node.left), right), (*source.span(node.right), left)]
        yield Candidate(source.changed(swapped), "operands", 0.5, node.lineno, "the order of the operands")
    yield source.swap(node, left, "operand-removed", 0.35, "the computation")
    yield source.swap(node, right, "operand-removed", 0.25, "the computation")
    if isinstance(node.left, ast.BinOp) or isinstance(node.right, ast.BinOp):
        yield from _grouped(source, node)
    for side in (node.left, node.right):
        if sign == "+":
            yield from _as_item(source, side)
        if sign in ("+", "-") and isinstance(side, ast.Name):
            for factor in _factors(source):
                new = f"{source.get(side)} * {factor}"
                yield source.swap(side, new, "factor", 0.2, "what is counted with")


def _factors(source: Source) -> list[int]:
    """Whole numbers above 1 that the program calculates with: a sum may lack one of them, as of units."""
    found = {
        node.value
        for node in source.program.nodes
        if isinstance(node, ast.Constant) and type(node.value) is int and 1 < node.value < 10_000
    }
    return sorted(found)[:3]


def _grouped(source: Source, node: ast.BinOp) -> Iterator[Candidate]:
    """Parentheses around the sum within a product."""
    inner, outer = node.left, node.right
    if isinstance(inner, ast.BinOp) and not source.text[: source.span(node)[0]].endswith("("):
        one, two = source.get(inner.left), source.text[source.span(inner.right)[0] : source.span(node)[1]]
        middle = source.text[source.span(inner.left)[1] : source.span(inner.right)[0]]
        yield source.swap(node, f"{one}{middle}({two})", "grouping", 0.35, "the order of the computation")
    if isinstance(outer, ast.BinOp):
        sign = source.text[source.span(node.left)[1] : source.span(outer)[0]]
        head = f"({source.get(node.left)}{sign}{source.get(outer.left)})"
        tail = source.text[source.span(outer.left)[1] : source.span(node)[1]]
        yield source.swap(node, head + tail, "grouping", 0.35, "the order of the computation")


def _as_item(source: Source, side: ast.expr) -> Iterator[Candidate]:
    """`total + x` where a list or tuple with x is meant, and the other way round."""
    text = source.get(side)
    what = "what is added"
    if isinstance(side, ast.Name | ast.Subscript | ast.Call | ast.Constant | ast.Attribute):
        for new, prior in ((f"[{text}]", 0.55), (f"({text},)", 0.6), (f"str({text})", 0.4)):
            yield source.swap(side, new, "wrap", prior, what)
    elif isinstance(side, ast.List | ast.Tuple):
        inner = ", ".join(source.get(item) for item in side.elts)
        if isinstance(side, ast.Tuple):
            yield source.swap(side, f"[{inner}]", "container", 0.5, what)
        else:
            yield Candidate(
                source.changed([(*source.span(side), f"({inner},)" if len(side.elts) == 1 else f"({inner})")]),
                "container", 0.5, side.lineno, what,
            )  # fmt: skip
        if len(side.elts) == 1:
            yield source.swap(side, inner, "unwrap", 0.4, what)
            if isinstance(side, ast.Tuple):
                yield source.swap(side, f"tuple({inner})", "wrap", 0.2, what)
    if not isinstance(side, ast.List | ast.Tuple | ast.Constant):
        place = source.whole(side)
        if place != source.span(side):  # `(x)` for `(x,)`
            code = source.changed([(place[1] - 1, place[1] - 1, ",")])
            yield Candidate(code, "missing-comma", 0.9, side.lineno, what)


def _augmented(source: Source, node: ast.AugAssign) -> Iterator[Candidate]:
    start, end = source.span(node.target)[1], source.span(node.value)[0]
    sign = _SIGNS.get(type(node.op))
    at = source.text.find("=", start, end)
    if sign is None or at < 0:
        return
    first = at - len(sign)
    what = f"the assignment with `{sign}=`"
    for other, prior in _INSTEAD.get(sign, {}).items():
        code = source.changed([(first, at, other)])
        yield Candidate(code, "arithmetic-operator", prior, node.lineno, what)
    yield Candidate(source.changed([(first, at, "")]), "augmented-assignment", 0.6, node.lineno, what)
    value = source.get(node.value)
    if isinstance(node.value, ast.Constant) and node.value.value == 1:
        for other in _names_near(source, node):
            yield source.swap(node.value, other, "added-value", 0.3, "what is added")
    else:
        yield source.swap(node.value, "1", "added-value", 0.3, "what is added")
    if sign == "+":
        for new, prior in ((f"[{value}]", 0.5), (f"({value},)", 0.55), (f"str({value})", 0.4)):
            if not isinstance(node.value, ast.List | ast.Tuple | ast.Constant):
                code = source.changed([(*source.whole(node.value), new)])
                yield Candidate(code, "wrap", prior, node.lineno, "what is added")
        target = source.get(node.target)
        code = source.changed([(*source.span(node), f"{target} = {value} + {target}")])
        yield Candidate(code, "operands", 0.35, node.lineno, "the order of the operands")
        code = source.changed([(*source.span(node), f"{target}.append({value})")])
        yield Candidate(code, "append", 0.3, node.lineno, what)


def _names_near(source: Source, node: ast.AST) -> tuple[str, ...]:
    return source.names_in(source.program.enclosing_function(node))


def _assignment(source: Source, node: ast.Assign) -> Iterator[Candidate]:
    target = node.targets[0]
    start, end = source.span(target)[1], source.span(node.value)[0]
    at = source.text.find("=", start, end)
    what = "the assignment"
    if not isinstance(target, ast.Name | ast.Subscript | ast.Attribute) or at < 0:
        return
    for sign, prior in (("+", 0.6), ("-", 0.2), ("*", 0.3)):
        code = source.changed([(at, at, sign)])
        yield Candidate(code, "augmented-assignment", prior, node.lineno, what)
    if isinstance(target, ast.Name):
        if isinstance(node.value, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set):
            yield from _initial(source, target, node.value)
        own = any(isinstance(part, ast.Name) and part.id == target.id for part in ast.walk(node.value))
        if not own:
            value = source.get(node.value)
            for new, prior in ((f"{target.id} + {value}", 0.3), (f"{target.id} + [{value}]", 0.2)):
                yield source.swap(node.value, new, "accumulation", prior, what)


def _initial(source: Source, target: ast.Name, value: ast.expr) -> Iterator[Candidate]:
    """Another first value: of another type, or what the program is given."""
    text = source.get(value)
    what = f"the first value of `{target.id}`"
    for new, prior in (
        ("0", 0.45), ("1", 0.4), ("-1", 0.15), ("''", 0.3), ("[]", 0.4), ("()", 0.4), ("{}", 0.25), ("True", 0.3),
        ("False", 0.3), ("None", 0.1), ("set()", 0.15),
    ):  # fmt: skip
        if new != text:
            yield source.swap(value, new, "initial-value", prior, what)
    function = source.program.enclosing_function(target)
    for name in function.parameters if function is not None else ():
        for new, prior in ((name, 0.25), (f"{name}[0]", 0.35), (f"len({name})", 0.15), (f"len({name}) - 1", 0.15)):
            yield source.swap(value, new, "initial-value", prior, what)


def _index(source: Source, node: ast.Subscript) -> Iterator[Candidate]:
    text = source.get(node.slice)
    if isinstance(node.slice, ast.Constant):
        if isinstance(node.slice.value, int):
            for new in ("0", "1", "-1", "2"):
                if new != text:
                    yield source.swap(node.slice, new, "index", 0.5, _INDEX)
        return
    shorter = re.match(r"^(.+?)\s*[-+]\s*1$", text)
    if shorter is not None:
        yield source.swap(node.slice, shorter[1], "index", 0.6, _INDEX)
    for new in (f"{text} - 1", f"{text} + 1"):
        yield source.swap(node.slice, new, "index", 0.5, _INDEX)
    for new in ("0", "1", "-1"):
        if new != text:
            yield source.swap(node.slice, new, "index", 0.2, _INDEX)
    parent = source.program.parent(node)
    if not (isinstance(parent, ast.Subscript) and parent.value is node) and isinstance(node.ctx, ast.Load):
        for new in ("0", "1"):
            end = source.span(node)[1]
            yield Candidate(source.changed([(end, end, f"[{new}]")]), "index-added", 0.2, node.lineno, _INDEX)


def _slice(source: Source, node: ast.Subscript) -> Iterator[Candidate]:
    part = node.slice
    assert isinstance(part, ast.Slice)
    lower = "" if part.lower is None else source.get(part.lower)
    upper = "" if part.upper is None else source.get(part.upper)
    step = "" if part.step is None else source.get(part.step)
    start, end = source.span(part)

    def made(low: str, high: str, pace: str, prior: float) -> Candidate:
        text = f"{low}:{high}" + (f":{pace}" if pace else "")
        return Candidate(source.changed([(start, end, text)]), "slice", prior, node.lineno, "the slice")

    for low, high, prior in (
        (lower, f"{upper} + 1" if upper else "-1", 0.6), (lower, f"{upper} - 1" if upper else "-1", 0.5),
        (f"{lower} + 1" if lower else "1", upper, 0.6), (f"{lower} - 1" if lower else "1", upper, 0.4),
        ("", upper, 0.4), (lower, "", 0.4), ("1", "", 0.4), ("", "-1", 0.3), ("", "", 0.2), (upper, lower, 0.3),
    ):  # fmt: skip
        if (low, high) != (lower, upper):
            yield made(low, high, step, prior)
    yield made(lower, upper, "" if step else "-1", 0.3)
    yield made(lower, upper, "2", 0.12)


def _constant(source: Source, node: ast.Constant) -> Iterator[Candidate]:
    """Small changes of a number or a word; many of them only fit the tests."""
    text = source.get(node)
    parent = source.program.parent(node)
    if isinstance(node.value, bool):
        yield source.swap(node, str(not node.value), "truth-value", 0.7, "the truth value")
    elif isinstance(node.value, int):
        in_test = isinstance(parent, ast.Compare)
        for new, prior in ((node.value + 1, 0.4), (node.value - 1, 0.4), (0, 0.3), (1, 0.3), (-1, 0.1), (2, 0.15)):
            if new != node.value:
                shown = str(new) if new >= 0 or not isinstance(parent, ast.UnaryOp | ast.BinOp) else f"({new})"
                yield source.swap(node, shown, "constant", prior * (0.8 if in_test else 1), f"the number {text}")
        for name in _names_near(source, node)[:6]:
            prior = 0.25 if node.value in (0, 1) else 0.15
            yield source.swap(node, name, "constant-to-variable", prior, f"the number {text}")
            yield source.swap(node, f"len({name})", "constant-to-variable", 0.12, f"the number {text}")
    elif isinstance(node.value, str):
        if isinstance(parent, ast.Expr | ast.JoinedStr):
            return
        for new, prior in (("''", 0.25), ("' '", 0.3), ("'\\n'", 0.15), ("','", 0.12), ("', '", 0.12)):
            if new[1:-1] != text[1:-1]:
                yield source.swap(node, new, "text", prior, "the text")
        if node.value.lower() in ("true", "false", "none"):
            yield source.swap(node, node.value.capitalize(), "quotes", 0.9, "the quotation marks")
        elif node.value.isidentifier() and node.value in _names_near(source, node):
            yield source.swap(node, node.value, "quotes", 0.9, "the quotation marks")
        if "{" in node.value and text[:1] in "'\"":
            yield source.swap(node, f"f{text}", "f-string", 0.9, "the text with braces")
        word = node.value
        for new in (word.strip(), word.lower(), word.capitalize(), f"{word} ", f"{word}."):
            if new != node.value:
                yield source.swap(node, repr(new), "text", 0.15, "the text")

"""Edits of calls: wrapping and unwrapping, arguments, results that get lost, missing parentheses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.program import BUILT_IN_NAMES, Function
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_WRAPS = {
    "int": 0.4, "str": 0.4, "list": 0.35, "tuple": 0.45, "len": 0.35, "abs": 0.3, "float": 0.25, "sorted": 0.3,
    "set": 0.25, "sum": 0.15, "max": 0.12, "min": 0.12, "bool": 0.15, "round": 0.12, "range": 0.2,
}  # fmt: skip
_UNWRAPPED = frozenset(_WRAPS) | {"reversed", "enumerate", "print", "dict", "iter"}
_IN_PLACE = frozenset(("sort", "reverse", "append", "extend", "insert", "remove", "clear", "add", "update"))
_GIVES_NEW = frozenset(
    ("replace", "strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "join", "split", "union", "copy")
)
_ON_TEXT = (".strip()", ".lower()", ".upper()", ".split()", ".copy()")


def candidates(source: Source) -> Iterator[Candidate]:
    """All edits of calls."""
    for node in source.program.nodes:
        match node:
            case ast.Call():
                yield from _unwrapped(source, node)
                yield from _arguments(source, node)
            case ast.Expr(value=ast.Call(func=ast.Attribute() as method) as call):
                yield from _lost(source, node, method, call)
            case ast.Expr(value=ast.Name() | ast.Attribute() as name) | ast.Return(value=ast.Attribute() as name):
                yield from _called(source, name)
            case ast.Assign(value=ast.Call(func=ast.Attribute(attr=attr)) as call) if attr in _IN_PLACE:
                code = source.changed([(*source.span(node), source.get(call))])
                yield Candidate(code, "result-of-mutator", 1.0, node.lineno, "the assignment of the result")
            case ast.AugAssign(value=ast.Call(func=ast.Attribute(attr=attr)) as call) if attr in _IN_PLACE:
                code = source.changed([(*source.span(node), source.get(call))])
                yield Candidate(code, "result-of-mutator", 1.0, node.lineno, "the assignment of the result")
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()):
                yield from _function_value(source, node)
            case _:
                pass
        if isinstance(node, ast.Return) and node.value is not None:
            yield from _wrapped(source, node.value, 1.0, "what is returned")
            yield from _listed(source, node.value)
        elif isinstance(node, ast.Assign):
            yield from _wrapped(source, node.value, 0.8, "the assigned value")
            yield from _listed(source, node.value)
        elif isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                yield from _wrapped(source, side, 0.7, "the comparison")
        elif isinstance(node, ast.For):
            yield from _wrapped(source, node.iter, 0.5, "what the loop goes through")
        elif isinstance(node, ast.BinOp):
            for side in (node.left, node.right):
                yield from _wrapped(source, side, 0.5, "the operand")
            yield from _joined(source, node)


def _joined(source: Source, node: ast.BinOp) -> Iterator[Candidate]:
    """`str()` around everything that a chain of `+` puts beside a text, in one step: one alone changes no result."""
    if not isinstance(node.op, ast.Add):
        return
    parts = _chain(node)
    bare = [part for part in parts if not _textual(part)]
    if len(bare) < len(parts) and len(bare) > 1:
        code = source.changed([(*source.span(part), f"str({source.get(part)})") for part in bare])
        yield Candidate(code, "wrap-str", 0.5, node.lineno, "what is joined with +")


def _chain(node: ast.expr) -> list[ast.expr]:
    """The operands of a chain of `+`, from left to right."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_chain(node.left), *_chain(node.right)]
    return [node]


def _textual(node: ast.expr) -> bool:
    """Whether an operand is a text for certain."""
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("str", "repr", "input", "chr")
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _wrapped(source: Source, node: ast.expr, scale: float, what: str) -> Iterator[Candidate]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            for name in ("int", "float", "list"):
                yield source.swap(node, f"{name}({source.get(node)})", "wrap", 0.1, what)
        return
    text = source.get(node)
    own = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
    inner = text[1:-1] if isinstance(node, ast.GeneratorExp) and text.startswith("(") else text
    for name, prior in _WRAPS.items():
        if name != own:
            code = source.changed([(*source.span(node), f"{name}({inner})")])
            yield Candidate(code, f"wrap-{name}", scale * prior, node.lineno, what)
    if isinstance(node, ast.Name | ast.Subscript | ast.Call | ast.Attribute):
        for ending in _ON_TEXT:
            yield Candidate(
                source.changed([(source.span(node)[1], source.span(node)[1], ending)]), "wrap-method", 0.15 * scale,
                node.lineno, what,
            )  # fmt: skip


def _listed(source: Source, node: ast.expr) -> Iterator[Candidate]:
    text = source.get(node)
    for new, prior in ((f"[{text}]", 0.3), (f"({text},)", 0.3)):
        code = source.changed([(*source.span(node), new)])
        yield Candidate(code, "wrap", prior, node.lineno, "the value")
    if isinstance(node, ast.List | ast.Tuple) and len(node.elts) == 1:
        yield source.swap(node, source.get(node.elts[0]), "unwrap", 0.6, "the brackets")
    match node:
        case ast.ListComp(elt=inner, generators=[first, *_]):
            yield from _comprehension(source, inner, first)
        case ast.Tuple(elts=elements):
            code = source.changed([(*source.span(node), f"[{', '.join(source.get(item) for item in elements)}]")])
            yield Candidate(code, "container", 0.4, node.lineno, "the brackets")
        case ast.List(elts=elements):
            inner_text = ", ".join(source.get(item) for item in elements)
            text = f"({inner_text},)" if len(elements) == 1 else f"({inner_text})"
            code = source.changed([(*source.span(node), text)])
            yield Candidate(code, "container", 0.4, node.lineno, "the brackets")
        case _:
            return


def _comprehension(source: Source, inner: ast.expr, first: ast.comprehension) -> Iterator[Candidate]:
    name = source.get(first.target)
    if source.get(inner) != name:
        yield source.swap(inner, name, "comprehension-value", 0.4, "what the comprehension collects")


def _unwrapped(source: Source, node: ast.Call) -> Iterator[Candidate]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[only], keywords=[]) if name in _UNWRAPPED or (
            name not in BUILT_IN_NAMES
        ):
            if isinstance(only, ast.Starred):
                return
            prior = 0.4 if name in _UNWRAPPED else 0.12
            text = source.get(only)
            if isinstance(only, ast.GeneratorExp) and not text.startswith("("):
                text = f"({text})"
            yield source.swap(node, text, "unwrap", prior, f"the call of `{name}`")
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            if attr not in _IN_PLACE:
                yield source.swap(node, source.get(value), "unwrap", 0.3, f"the call of `{attr}`")
        case _:
            return


def _arguments(source: Source, node: ast.Call) -> Iterator[Candidate]:
    arguments = node.args
    if any(isinstance(item, ast.Starred) for item in arguments):
        return
    spans = [source.span(item) for item in arguments]
    texts = [source.get(item) for item in arguments]
    named = node.func.id if isinstance(node.func, ast.Name) else ""
    what = f"the arguments of `{named}`" if named else "the arguments"
    for place in range(len(arguments) - 1):
        edits = [(*spans[place], texts[place + 1]), (*spans[place + 1], texts[place])]
        yield Candidate(source.changed(edits), "argument-order", 0.6, node.lineno, what)
    if named == "range":
        return
    own = source.program.function(named)
    wanted = None if own is None else len(own.parameters)
    for place, text in enumerate(texts):
        if named and named not in BUILT_IN_NAMES and not isinstance(arguments[place], ast.Constant):
            for ending, prior in (("- 1", 0.5), ("+ 1", 0.35), ("// 10", 0.2)):
                yield source.swap(arguments[place], f"{text} {ending}", "argument", prior, what)
            for ending, prior in (("[1:]", 0.45), ("[:-1]", 0.2)):
                yield source.swap(arguments[place], text + ending, "argument", prior, what)
        if len(texts) > 1:
            rest = ", ".join(item for other, item in enumerate(texts) if other != place)
            code = source.changed([(spans[0][0], spans[-1][1], rest)])
            yield Candidate(code, "argument-removed", 0.8 if wanted == len(texts) - 1 else 0.15, node.lineno, what)
    if own is not None and own.owner is None and wanted is not None and len(texts) < wanted and not node.keywords:
        for name in source.names_in(source.program.enclosing_function(node)):
            for place in range(len(texts) + 1):
                new = ", ".join([*texts[:place], name, *texts[place:]])
                start = spans[0][0] if spans else source.text.index("(", source.span(node.func)[1]) + 1
                end = spans[-1][1] if spans else start
                yield Candidate(source.changed([(start, end, new)]), "argument-added", 0.7, node.lineno, what)


def _lost(source: Source, node: ast.Expr, method: ast.Attribute, call: ast.Call) -> Iterator[Candidate]:
    """`s.replace(…)` whose result nobody keeps; `xs.append(x)` on what has no append."""
    owner = source.get(method.value)
    if method.attr in _GIVES_NEW:
        code = source.changed([(*source.span(node), f"{owner} = {source.get(call)}")])
        yield Candidate(code, "result-lost", 1.0, node.lineno, f"the result of `{method.attr}`")
    if method.attr in ("append", "add") and len(call.args) == 1:
        text = source.get(call.args[0])
        for new, prior in (
            (f"{owner} += ({text},)", 0.5), (f"{owner} += {text}", 0.5), (f"{owner} = {owner} + [{text}]", 0.1),
            (f"{owner} += [{text}]", 0.1),
        ):  # fmt: skip
            code = source.changed([(*source.span(node), new)])
            yield Candidate(code, "append", prior, node.lineno, f"the call of `{method.attr}`")


def _called(source: Source, node: ast.expr) -> Iterator[Candidate]:
    end = source.span(node)[1]
    yield Candidate(source.changed([(end, end, "()")]), "missing-call", 0.9, node.lineno, "the missing parentheses")


def _function_value(source: Source, node: ast.Name | ast.Attribute) -> Iterator[Candidate]:
    """A function or method that is named but not called."""
    parent = source.program.parent(node)
    if isinstance(parent, ast.Call | ast.Attribute | ast.Expr):
        return
    own = {item.name: item for item in source.functions}
    if isinstance(node, ast.Name):
        known = node.id in own
        yield from _with_arguments(source, node, own.get(node.id))
    else:
        known = node.attr in _GIVES_NEW | _IN_PLACE | own.keys() | {"items", "keys", "values", "isdigit", "isalpha"}
    if known:
        end = source.span(node)[1]
        yield Candidate(source.changed([(end, end, "()")]), "missing-call", 0.9, node.lineno, "the missing parentheses")


def _with_arguments(source: Source, node: ast.Name, called: Function | None) -> Iterator[Candidate]:
    """The arguments that fit the function's parameters: those of the same name, else those in the same place."""
    here = source.program.enclosing_function(node)
    if called is None or here is None or not called.parameters:
        return
    names = source.names_in(here)
    by_name = [name if name in names else None for name in called.parameters]
    by_place = list(here.parameters[: len(called.parameters)])
    filled = [name or place for name, place in zip(by_name, [*by_place, *names], strict=False)]
    end = source.span(node)[1]
    for arguments in dict.fromkeys((tuple(filled), tuple(by_place))):
        if len(arguments) == len(called.parameters):
            code = source.changed([(end, end, f"({', '.join(arguments)})")])
            yield Candidate(code, "missing-call", 0.9, node.lineno, f"the use of `{node.id}`")

"""Edits of names: another variable, an element for its index, misspelt and renamed functions, methods."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from gradatim.tools.analysis.program import BUILT_IN_NAMES, Function
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_METHODS: tuple[tuple[str, ...], ...] = (
    ("append", "extend", "insert", "add"),
    ("lower", "upper", "title", "capitalize"),
    ("keys", "values", "items"),
    ("index", "find", "count"),
    ("strip", "lstrip", "rstrip", "split"),
    ("isdigit", "isalpha", "isalnum", "isnumeric", "isupper", "islower"),
    ("add", "append", "update"),
    ("remove", "pop", "discard"),
    ("startswith", "endswith"),
    ("sort", "reverse"),
    ("join", "split"),
    ("union", "intersection", "difference"),
)
_FUNCTIONS: tuple[tuple[str, ...], ...] = (
    ("max", "min", "sum", "len"),
    ("sorted", "reversed", "list"),
    ("int", "float", "round", "str"),
    ("any", "all"),
    ("list", "tuple", "set", "dict"),
    ("filter", "map"),
    ("range", "len", "enumerate"),
    ("abs", "round", "int"),
)
WHAT = "the variable"
_FIRST_VALUES = {"0": 0.7, "[]": 0.6, "''": 0.4, "()": 0.4, "{}": 0.3, "1": 0.3, "None": 0.1}


def candidates(source: Source) -> Iterator[Candidate]:
    """All edits of names."""
    for function, nodes, _ in source.scopes():
        yield from _variables(source, function, nodes)
        yield from _everywhere(source, function, nodes)
    yield from _undefined(source)
    yield from _renamed(source)
    for node in source.program.nodes:
        if isinstance(node, ast.Attribute):
            yield from _attribute(source, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield from _function(source, node.func)
    yield from _self(source)


def _elements(nodes: tuple[ast.AST, ...], source: Source) -> dict[str, float]:
    """Expressions that stand for the element of a loop, and what the loop goes through by index."""
    found: dict[str, float] = {}
    for node in nodes:
        match node:
            case ast.For(target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range")) as call):
                for part in ast.walk(call):
                    match part:
                        case ast.Call(func=ast.Name(id="len"), args=[value]):
                            found[f"{source.get(value)}[{name}]"] = 0.6
                        case _:
                            continue
            case ast.Subscript(ctx=ast.Load()) if len(source.get(node)) < 25 and "\n" not in source.get(node):
                found.setdefault(source.get(node), 0.3)
            case _:
                continue
    return found


def _variables(source: Source, function: Function | None, nodes: tuple[ast.AST, ...]) -> Iterator[Candidate]:
    """Another variable (or element) wherever one is read."""
    names = source.names_in(function)
    near = dict.fromkeys((*names,), 0.6)
    elements = _elements(nodes, source)
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    for node in nodes:
        if not isinstance(node, ast.Name) or id(node) in called:
            continue
        if isinstance(node.ctx, ast.Load):
            inner = _bound_above(source, node)
            parent = source.program.parent(node)
            for name in (*near, *(inner - set(near))):
                if name != node.id:
                    yield source.swap(node, name, "variable", 0.6, WHAT)
            for text, prior in elements.items():
                if isinstance(parent, ast.Subscript) and parent.value is node:
                    prior *= 0.3
                if not re.search(rf"\b{re.escape(node.id)}\b", text) or f"[{node.id}]" in text:
                    yield source.swap(node, text, "element", prior, "index and element")
        elif isinstance(node.ctx, ast.Store) and not isinstance(source.program.parent(node), ast.arguments):
            for name in near:
                if name != node.id:
                    yield source.swap(node, name, "variable", 0.3, "the variable that is assigned")
    for node in nodes:
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            inside = source.get(node.slice)
            if not isinstance(node.slice, ast.Slice):
                yield source.swap(node, inside, "element", 0.5, "index and element")
            yield source.swap(node, source.get(node.value), "subscript-removed", 0.35, "the index")
            for text in elements:
                if text != source.get(node):
                    yield source.swap(node, text, "element", 0.25, "index and element")


def _bound_above(source: Source, node: ast.AST) -> frozenset[str]:
    """Names that comprehensions and lambdas around a node bind."""
    found: frozenset[str] = frozenset()
    for above in source.program.ancestors(node):
        if isinstance(above, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp | ast.Lambda):
            found |= source.comprehension_names(above)
    return found


def _everywhere(source: Source, function: Function | None, nodes: tuple[ast.AST, ...]) -> Iterator[Candidate]:
    """One variable for another at all places of a function where it is read, or in all of its places."""
    if function is None:
        return
    names = source.names_in(function)
    for name in names:
        loads = [node for node in nodes if isinstance(node, ast.Name) and node.id == name]
        read = [node for node in loads if isinstance(node.ctx, ast.Load)]
        for places in [read] if len(read) == len(loads) else [read, loads]:
            if len(places) < 2:
                continue
            for other in names:
                if other != name:
                    code = source.changed([(*source.span(node), other) for node in places])
                    yield Candidate(
                        code, "variable-everywhere", 0.25, places[0].lineno, f"the variable `{name}`, first"
                    )


def _undefined(source: Source) -> Iterator[Candidate]:
    """Names that nothing defines: the likeliest spelling, in one place and in all; a parameter of that name."""
    bound: set[str] = set(BUILT_IN_NAMES) | set(source.given) | set(source.program.top_names)
    for function in source.functions:
        visible = bound | set(source.program.names_visible_in(function))
        lost: dict[str, list[ast.Name]] = {}
        for node in function.nodes:
            if isinstance(node, ast.Name) and node.id not in visible | _bound_above(source, node):
                lost.setdefault(node.id, []).append(node)
        for name, places in lost.items():
            options = [*source.names_in(function), *source.program.top_names, *source.given]
            options += [item.name for item in source.functions if item.name not in options]
            close = difflib.get_close_matches(name, [*options, *BUILT_IN_NAMES], 4, 0.5)
            for other in dict.fromkeys((*close, *options)):
                code = source.changed([(*source.span(node), other) for node in places])
                prior = 1.0 if other in close else 0.6
                yield Candidate(code, "name", prior, places[0].lineno, f"the name `{name}`")
            for parameter in function.node.args.args:
                start = source.offset(parameter.lineno, parameter.col_offset)
                own = [node for node in function.nodes if isinstance(node, ast.Name) and node.id == parameter.arg]
                edits = [(start, start + len(parameter.arg), name)]
                code = source.changed(edits)
                yield Candidate(code, "parameter", 0.95 if not own else 0.5, function.line, "the name of the parameter")
            indent = source.indent(function.body[0].lineno) if function.body else ""
            first = function.body[0].lineno if function.body else function.line + 1
            if source.extent(function.node.body[0]) is not None and first > function.line:
                for value, prior in _FIRST_VALUES.items():
                    code = source.relined(first, first - 1, [f"{indent}{name} = {value}"])
                    yield Candidate(code, "initial-value-added", prior, first, f"the name `{name}`")
    defined = {item.name for item in source.functions}
    for node in source.program.nodes:
        if isinstance(node, ast.Name) and node.id not in bound and isinstance(node.ctx, ast.Load):
            for other in (*defined, *source.given):
                yield source.swap(node, other, "name", 0.5, f"the name `{node.id}`")


def _renamed(source: Source) -> Iterator[Candidate]:
    """A function under the name that the tests call it by, with as many parameters as they give."""
    defined = {item.name for item in source.functions if item.outer is None and item.owner is None}
    missing = [name for name in source.expected.calls if name not in defined]
    for name in missing:
        for function in source.functions:
            if function.outer is None and function.name not in source.expected.calls:
                pattern = re.compile(rf"\b{re.escape(function.name)}\b")
                code = pattern.sub(name, source.text)
                yield Candidate(code, "function-name", 1.0, function.line, "the name of the function")
    for function in source.functions:
        counts = source.expected.calls.get(function.name)
        if not counts or function.node.args.vararg is not None:
            continue
        wanted, given = max(counts), len(function.node.args.args)
        spans = [_name_span(source, item) for item in function.node.args.args]
        names = [item.arg for item in function.node.args.args]
        if given >= 2:
            for one in range(given - 1):
                edits = [(*spans[one], names[one + 1]), (*spans[one + 1], names[one])]
                yield Candidate(
                    source.changed(edits), "parameter-order", 0.3, function.line, "the order of the parameters"
                )
        if wanted != given:
            yield from _parameters(source, function, wanted, names)


def _name_span(source: Source, parameter: ast.arg) -> tuple[int, int]:
    start = source.offset(parameter.lineno, parameter.col_offset)
    return start, start + len(parameter.arg)


def _parameters(source: Source, function: Function, wanted: int, names: list[str]) -> Iterator[Candidate]:
    start = source.text.index("(", source.offset(function.line, function.node.col_offset))
    end = source.text.index(")", start)
    known = BUILT_IN_NAMES | frozenset(names)
    used = [node.id for node in function.nodes if isinstance(node, ast.Name) and node.id not in known]
    new = [name for name in dict.fromkeys(used) if name not in function.binders] or ["extra"]
    what = "the parameters of the function"
    if wanted > len(names):
        for name in new:
            for text in ([*names, name], [name, *names]):
                code = source.changed([(start + 1, end, ", ".join(text))])
                yield Candidate(code, "parameter", 0.9, function.line, what)
    else:
        for drop in range(len(names)):
            rest = [name for place, name in enumerate(names) if place != drop]
            code = source.changed([(start + 1, end, ", ".join(rest))])
            yield Candidate(code, "parameter", 0.8, function.line, what)
        text = ", ".join([*names[:wanted], *(f"{name}=None" for name in names[wanted:])])
        yield Candidate(source.changed([(start + 1, end, text)]), "parameter", 0.3, function.line, what)


def _attribute(source: Source, node: ast.Attribute) -> Iterator[Candidate]:
    end = source.span(node)[1]
    place = (end - len(node.attr), end)
    known = {name for group in _METHODS for name in group}
    for group in _METHODS:
        if node.attr in group:
            for other in group:
                if other != node.attr:
                    code = source.changed([(*place, other)])
                    yield Candidate(code, "method", 0.5, node.lineno, f"the method `{node.attr}`")
    if node.attr not in known:
        for other in difflib.get_close_matches(node.attr, known, 3, 0.6):
            yield Candidate(source.changed([(*place, other)]), "method", 0.8, node.lineno, f"the method `{node.attr}`")


def _function(source: Source, node: ast.Name) -> Iterator[Candidate]:
    what = f"the call of `{node.id}`"
    for group in _FUNCTIONS:
        if node.id in group:
            for other in group:
                if other != node.id:
                    yield source.swap(node, other, "function", 0.35, what)
    own = {item.name for item in source.functions if item.outer is None and item.owner is None}
    for other in (*own, *(name for name in source.given if name not in own)):
        if other != node.id:
            yield source.swap(node, other, "function", 0.4 if node.id in own else 0.2, what)


def _self(source: Source) -> Iterator[Candidate]:
    """`self` left out: as a parameter, or before an attribute."""
    attributes = {n.attr for n in source.program.nodes if isinstance(n, ast.Attribute)}
    for function in source.functions:
        if function.owner is None:
            continue
        if "self" not in function.parameters[:1] and not function.node.decorator_list:
            start = source.text.index("(", source.offset(function.line, function.node.col_offset)) + 1
            text = "self, " if function.parameters else "self"
            code = source.changed([(start, start, text)])
            yield Candidate(code, "missing-self", 1.0, function.line, "the parameters of the method")
        methods = {item.name for item in source.program.methods(function.owner)}
        for node in function.nodes:
            if isinstance(node, ast.Name) and node.id in attributes | methods:
                yield source.swap(node, f"self.{node.id}", "missing-self", 0.9, f"the name `{node.id}`")

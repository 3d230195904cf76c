"""Which constructs a program has, and where: read from its syntax tree, or from its lines where it has none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gradatim.domain import Check, CheckVerdict, Construct, ConstructClaim
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import parse


@dataclass(frozen=True, slots=True)
class Place:
    """A construct of a program.

    Attributes:
        name: The name it is about: of a function, a variable, what is called or imported.
        line: Where it begins.
        last_line: Where it ends.
    """

    what: Construct
    name: str | None
    line: int
    last_line: int


_WORDS: tuple[tuple[Construct, str], ...] = (
    ("for-loop", r"^\s*for\b"),
    ("while-loop", r"^\s*while\b"),
    ("loop", r"^\s*(?:for|while)\b"),
    ("return", r"^\s*return\b"),
    ("print", r"\bprint\s*\("),
    ("input", r"\binput\s*\("),
    ("if", r"^\s*if\b"),
    ("elif", r"^\s*elif\b"),
    ("else", r"^\s*else\b"),
    ("function", r"^\s*def\b"),
    ("class", r"^\s*class\b"),
    ("import", r"^\s*(?:import|from)\b"),
    ("try", r"^\s*try\b"),
    ("break", r"^\s*break\b"),
    ("continue", r"^\s*continue\b"),
    ("comment", r"^\s*#"),
    ("global", r"^\s*global\b"),
    ("raise", r"^\s*raise\b"),
    ("lambda", r"\blambda\b"),
    ("f-string", r"\bf['\"]"),
)
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_LOOPS = ast.For | ast.AsyncFor | ast.While


def check_construct(claim: ConstructClaim, case: Case) -> Check:
    """Decided by the program's syntax tree; of a program without one, only what is there can be seen for certain."""
    code = case.submission.code
    found = [
        place
        for place in places_of(code)
        if place.what == claim.what
        and claim.name in (None, place.name)
        and (claim.line is None or place.line <= claim.line <= _reach(place))
    ]
    label = claim.what if claim.name is None else f"{claim.what} `{claim.name}`"
    where = f" in line {claim.line}" if claim.line else ""
    if not found and parse(code) is None:
        detail = "the program cannot be parsed"
        return Check(claim=claim, verdict="unchecked", method="none", detail=detail)
    verdict: CheckVerdict = "supported" if bool(found) == claim.present else "refuted"
    detail = f"line {found[0].line} has {label}" if found else f"the program has no {label}{where}"
    return Check(claim=claim, verdict=verdict, method="source", detail=detail)


def _reach(place: Place) -> int:
    """Last line that counts as the construct's own: of a block its head."""
    return place.line if place.what in ("if", "else", "elif", "function", "class", "try") else place.last_line


@lru_cache(maxsize=128)
def places_of(code: str) -> tuple[Place, ...]:
    """All constructs of a program, by line."""
    tree = parse(code)
    lines = code.splitlines()
    found = list(_by_text(lines) if tree is None else _by_tree(tree))
    if tree is not None:
        found += [Place("comment", None, n, n) for n, line in enumerate(lines, 1) if line.lstrip().startswith("#")]
    return tuple(sorted(dict.fromkeys(found), key=lambda place: (place.line, place.what, place.name or "")))


def _by_text(lines: list[str]) -> Iterator[Place]:
    for number, line in enumerate(lines, 1):
        for what, pattern in _WORDS:
            if re.search(pattern, line):
                yield Place(what, None, number, number)
        defined = re.match(r"\s*(?:def|class)\s+(\w+)", line)
        if defined:
            yield Place("class" if "class" in defined.group() else "function", defined[1], number, number)
        assigned = re.match(r"\s*(\w+)\s*=(?!=)", line)
        if assigned:
            yield Place("initial-value", assigned[1], number, number)
        for name in re.findall(r"[^\W\d]\w*", re.sub(r"(['\"]).*?\1", " ", line)):
            yield Place("name", name, number, number)
        for name in re.findall(r"([^\W\d]\w*)\s*\(", line):
            yield Place("call", name, number, number)


def _by_tree(tree: ast.Module) -> Iterator[Place]:
    inner_loops = {
        node for loop in ast.walk(tree) if isinstance(loop, _LOOPS) for node in ast.walk(loop) if node is not loop
    }
    elifs = {
        node.orelse[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If)
        and node.orelse[0].col_offset == node.col_offset
    }  # fmt: skip
    seen: set[str] = set()
    for node in ast.walk(tree):
        line, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", None) or getattr(node, "lineno", 0)
        match node:
            case ast.For() | ast.AsyncFor() | ast.While():
                yield Place("loop", None, line, last)
                yield Place("while-loop" if isinstance(node, ast.While) else "for-loop", None, line, last)
                if node in inner_loops:
                    yield Place("nested-loop", None, line, last)
            case ast.If():
                yield Place("elif" if node in elifs else "if", None, line, last)
                if node.orelse and not (len(node.orelse) == 1 and node.orelse[0] in elifs):
                    yield Place("else", None, max(node.body[-1].end_lineno or line, line) + 1, last)
            case ast.IfExp():
                yield from (Place("if", None, line, last), Place("else", None, line, last))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield Place("function", node.name, line, last)
                yield from _of_function(node)
            case ast.ClassDef(name=name):
                yield Place("class", name, line, last)
                if ast.get_docstring(node) is not None:
                    yield Place("docstring", None, node.body[0].lineno, node.body[0].lineno)
            case ast.Return():
                yield Place("return", _name(node.value), line, last)
            case ast.Raise():
                yield Place("raise", _name(node.exc), line, last)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for item in names:
                    yield Place("import", item.name, line, last)
            case ast.Try():
                yield Place("try", None, line, last)
            case ast.Break():
                yield Place("break", None, line, last)
            case ast.Continue():
                yield Place("continue", None, line, last)
            case ast.Global(names=names):
                for name in names:
                    yield Place("global", name, line, last)
            case ast.Lambda():
                yield Place("lambda", None, line, last)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield Place("list-comprehension", None, line, last)
            case ast.JoinedStr():
                yield Place("f-string", None, line, last)
            case ast.Slice():
                yield Place("slice", None, line, last)
            case ast.Call(func=function):
                name = _name(function)
                yield Place("call", name, line, last)
                if name in ("print", "input"):
                    yield Place("print" if name == "print" else "input", None, line, last)
            case ast.Name(id=name):
                yield Place("name", name, line, last)
            case ast.Attribute(attr=name):
                yield Place("name", name, line, last)
            case _:
                pass
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for item in target.elts if isinstance(target, ast.Tuple | ast.List) else [target]:
                    name = item.attr if isinstance(item, ast.Attribute) else _name(item)
                    if name and name not in seen:
                        seen.add(name)
                        yield Place("initial-value", name, line, last)


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Place]:
    arguments = node.args
    for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        yield Place("parameter", item.arg, node.lineno, node.lineno)
        yield Place("name", item.arg, node.lineno, node.lineno)
    if ast.get_docstring(node) is not None:
        yield Place("docstring", None, node.body[0].lineno, node.body[0].end_lineno or node.body[0].lineno)
    own = [item for item in ast.walk(node) if isinstance(item, ast.Call) and _name(item.func) == node.name]
    for call in own:
        yield Place("recursion", node.name, call.lineno, call.lineno)
    if not own:
        return
    calls: set[ast.AST] = set(own)
    for branch in ast.walk(node):
        if isinstance(branch, ast.If):
            for block in (branch.body, branch.orelse):
                ends = [item for item in block if isinstance(item, ast.Return)]
                if ends and not any(calls & set(ast.walk(item)) for item in block):
                    yield Place("base-case", node.name, branch.lineno, ends[-1].end_lineno or branch.lineno)


def _name(node: ast.AST | None) -> str | None:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return _name(function)
        case _:
            return None

"""Code quality: the share of the code's lines at which well-known checkers find nothing.

pyflakes finds what is never used or is redefined, pycodestyle statements that are hard to read, mccabe functions with
too many ways through them. Layout that a formatter would settle (blanks, empty lines) does not count.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from gradatim.tools.rubric.finding import Finding

_STYLE = (
    "E101",
    "E501",
    "E701",
    "E702",
    "E703",
    "E711",
    "E712",
    "E713",
    "E714",
    "E721",
    "E722",
    "E731",
    "E741",
    "W605",
)
_LONGEST = 100
"""Characters of a line."""
MOST_PATHS = 10
"""McCabe's complexity from which a function is too complex (McCabe, "A complexity measure", 1976)."""
DEEPEST = 4
"""Levels of compound statements inside each other."""
_SHOWN = 3


def quality(code: str) -> Finding:
    """Share of the lines of code without a finding; not measured for a program that does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Finding(None, "not measured: the program cannot be compiled")
    lines = _code_lines(code)
    if not lines:
        return Finding(None, "not measured: there is no code")
    found: dict[int, str] = {}
    for line, text in (*_unused(tree), *_style(code), *_complex(tree), *_deep(tree)):
        if line in lines:
            found.setdefault(line, text)
    value = 1.0 - len(found) / len(lines)
    if not found:
        return Finding(value, f"nothing was found in {len(lines)} lines of code")
    shown = "; ".join(f"line {line}: {found[line]}" for line in sorted(found)[:_SHOWN])
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return Finding(value, f"{len(found)} of {len(lines)} lines of code have a finding ({shown}{more})")


def _code_lines(code: str) -> frozenset[int]:
    """Lines on which a token of code begins."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(code).readline))
    except (tokenize.TokenError, SyntaxError):
        return frozenset(number for number, text in enumerate(code.splitlines(), 1) if text.strip())
    return frozenset(token.start[0] for token in tokens if token.type not in silent)


def _unused(tree: ast.Module) -> Iterator[tuple[int, str]]:
    # names that the task's set-up code defines look undefined here, and what really is shows in the tests
    passed_over = {"UndefinedName", "ImportStarUsed", "ImportStarUsage"}
    checker: Any = import_module("pyflakes.checker").Checker(tree)
    for message in checker.messages:
        if type(message).__name__ not in passed_over:
            yield message.lineno, str(message.message % message.message_args)


def _style(code: str) -> Iterator[tuple[int, str]]:
    pycodestyle: Any = import_module("pycodestyle")
    found: list[tuple[int, str]] = []

    def error(report: object, line: int, offset: int, text: str, check: object) -> None:
        if text[:4] in _STYLE:
            found.append((line, text[5:]))

    guide = pycodestyle.StyleGuide(select=list(_STYLE), max_line_length=_LONGEST, parse_argv=False)
    report = type("Collected", (pycodestyle.BaseReport,), {"error": error})(guide.options)
    pycodestyle.Checker(lines=code.splitlines(keepends=True), options=guide.options, report=report).check_all()
    yield from found


def _complex(tree: ast.Module) -> Iterator[tuple[int, str]]:
    visitor: Any = import_module("mccabe").PathGraphingAstVisitor()
    visitor.preorder(tree, visitor)
    for graph in visitor.graphs.values():
        if graph.complexity() > MOST_PATHS:
            yield graph.lineno, f"{graph.complexity()} ways through this function"


def _deep(tree: ast.Module) -> Iterator[tuple[int, str]]:
    stack: list[tuple[ast.AST, int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
            depth += 1
            if depth == DEEPEST + 1:
                yield node.lineno, f"more than {DEEPEST} statements inside each other"
        for child in ast.iter_child_nodes(node):
            # an elif is an if inside an else and reads as one level
            chained = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
            stack.append((child, depth - 1 if chained else depth))

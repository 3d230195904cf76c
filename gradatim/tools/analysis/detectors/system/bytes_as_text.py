"""A beginner believes that reading a file in binary mode gives text.

What comes from a file opened with "rb" meets text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_errors, of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("binary-file-gives-text",)


def detect(case: Examination) -> Iterator[Sign]:
    """Bytes of a file that are compared or joined with text."""
    files = {name for node in case.program.nodes for name in _binary_names(node)}
    if not files:
        return
    pieces = {name for node in case.program.nodes for name in _read_from(node, files)}
    pattern = r"bytes-like object is required, not 'str'|can't concat str to bytes|\(not \"bytes\"\) to str"
    for line, found in case.raised_at("TypeError", pattern).items():
        said = "puts text together with what was read in binary mode, which is bytes."
        yield of_errors(case, "binary-file-gives-text", line, 0.93, said, found)
    for node, _ in case.places:
        match node:
            case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq() | ast.NotEq()], comparators=[other]):
                if name in pieces and text_constant(other) is not None:
                    said = "compares text with what was read in binary mode, which is bytes."
                    yield of_line(case, "binary-file-gives-text", node.lineno, 0.94, said)
            case _:
                continue


def _binary_names(node: ast.AST) -> Iterator[str]:
    """Names of files that are opened for reading bytes."""
    match node:
        case ast.withitem(context_expr=opened, optional_vars=ast.Name(id=name)):
            pass
        case ast.Assign(targets=[ast.Name(id=name)], value=opened):
            pass
        case _:
            return
    if called_name(opened) == "open" and isinstance(opened, ast.Call):
        modes = [*opened.args[1:2], *(item.value for item in opened.keywords if item.arg == "mode")]
        if any(text_constant(mode) in ("rb", "br") for mode in modes):
            yield name


def _read_from(node: ast.AST, files: set[str]) -> Iterator[str]:
    """Names that hold what was read from one of the files."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=ast.Name(id=file)) if file in files:
            yield name
        case ast.Assign(
            targets=[ast.Name(id=name)],
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=file), attr="read" | "readline")),
        ) if file in files:
            yield name
        case _:
            return

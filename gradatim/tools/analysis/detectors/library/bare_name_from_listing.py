"""A beginner believes that the names that a folder listing gives can be opened directly.

Such a name is used as a path, without its folder.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, called_name
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant, value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("listed-name-is-path",)

_OPENING = frozenset(["getsize", "isfile", "isdir", "getmtime", "exists"])
_CHANGING = frozenset(["remove", "rename", "stat", "unlink", "listdir"])


def detect(case: Examination) -> Iterator[Sign]:
    """A name from `os.listdir` used as a path."""
    if any(library_call(case.program, node, "os") == "chdir" for node in case.program.nodes):
        return
    for node, function in case.places:
        match node:
            case ast.For(target=ast.Name(id=name), iter=over, body=body):
                used = list(body_nodes(body))
            case ast.comprehension(target=ast.Name(id=name), iter=over):
                above = case.program.parent(node)
                used = list(ast.walk(above)) if above is not None else []
            case _:
                continue
        listing = value_behind(case, function, over)
        if library_call(case.program, listing, "os") != "listdir" or not isinstance(listing, ast.Call):
            continue
        if not listing.args or text_constant(listing.args[0]) == ".":
            continue
        for item in used:
            if not isinstance(item, ast.Call) or not item.args or not isinstance(item.args[0], ast.Name):
                continue
            opens = (
                called_name(item) == "open"
                or library_call(case.program, item, "os.path") in _OPENING
                or library_call(case.program, item, "os") in _CHANGING
            )
            if opens and item.args[0].id == name:
                said = f"uses `{name}` as a path, and a listing gives bare names without their folder."
                yield of_line(case, "listed-name-is-path", item.lineno, 0.94, said)
                break

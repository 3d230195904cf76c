"""A beginner believes that reading does not use a file up.

A file object is read to its end in two places, without going back.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes, called_name, method_called
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("file-read-twice",)

_WHOLE = frozenset(["read", "readlines"])


def detect(case: Examination) -> Iterator[Sign]:
    """The second reading of one file object."""
    for node in case.program.nodes:
        match node:
            case ast.With(items=[ast.withitem(context_expr=opened, optional_vars=ast.Name(id=name))], body=body):
                pass
            case _:
                continue
        inside = list(body_nodes(body))
        again = any((call := method_called(item)) is not None and call[1] in ("seek", "readline") for item in inside)
        readings = [statement for statement in body if _reads_all(statement, name)]
        if called_name(opened) == "open" and len(readings) > 1 and not again:
            said = f"reads `{name}`, which line {readings[0].lineno} has read to its end."
            yield of_line(case, "file-read-twice", readings[1].lineno, 0.94, said)


def _reads_all(statement: ast.stmt, name: str) -> bool:
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=file), attr=method), args=[]):
                if file == name and method in _WHOLE:
                    return True
            case ast.For(iter=ast.Name(id=file), body=body) if file == name:
                return not any(isinstance(item, ast.Break | ast.Return) for item in body_nodes(body))
            case _:
                continue
    return False

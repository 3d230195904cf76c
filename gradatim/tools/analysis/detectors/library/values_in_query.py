"""A beginner believes that values can be put into an SQL command as into any other text.

The text of a command is built from values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called, names_in
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant, value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("values-pasted-into-query",)

_COMMAND = re.compile(r"^\s*(select|insert|update|delete)\b", re.IGNORECASE)


def detect(case: Examination) -> Iterator[Sign]:
    """An SQL command with values formatted into it."""
    for node, function in case.places:
        call = method_called(node)
        if call is None or call[1] not in ("execute", "executemany") or not isinstance(node, ast.Call) or not node.args:
            continue
        command = value_behind(case, function, node.args[0])
        match command:
            case ast.JoinedStr(values=[ast.Constant(value=str() as start), *rest]):
                pasted = any(isinstance(item, ast.FormattedValue) for item in rest)
            case ast.BinOp(op=ast.Add() | ast.Mod()):
                parts = [text for item in ast.walk(command) if (text := text_constant(item)) is not None]
                start, pasted = (parts or [""])[0], bool(names_in(command))
                start = next((text for text in parts if _COMMAND.match(text)), start)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as start), attr="format")):
                pasted = True
            case _:
                continue
        if pasted and _COMMAND.match(start):
            said = "puts values into the text of an SQL command."
            yield of_line(case, "values-pasted-into-query", node.lineno, 0.93, said)

"""A beginner believes that `assertTrue(a, b)` compares a and b.

Its second argument, which is only a message, is a value.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("assert-true-compares-two",)


def detect(case: Examination) -> Iterator[Sign]:
    """`assertTrue` with a second argument that is no text."""
    for node in case.program.nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="self"), attr="assertTrue" | "assertFalse"), args=[_, second]
            ):
                pass
            case _:
                continue
        if text_constant(second) is None and not isinstance(second, ast.JoinedStr | ast.BinOp | ast.Name):
            said = "looks at its first argument only; the second is the message for a failure."
            yield of_line(case, "assert-true-compares-two", node.lineno, 0.94, said, anywhere=True)

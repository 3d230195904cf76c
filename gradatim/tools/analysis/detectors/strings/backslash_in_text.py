"""A beginner believes that a backslash in a text is a character like any other.

A path or a pattern holds a tab, a line break or the like where a backslash and a letter were written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("backslash-is-ordinary",)

_CONTROL = re.compile("[\x07\x08\t\n\x0b\x0c\r]")
_PATH = re.compile(r"""^[bBuU]?["'](?:[A-Za-z]:|\.{1,2}|\w+)\\(?!\\)[^"']*\.\w+["']$|^["'][A-Za-z]:\\(?!\\)""")


def detect(case: Examination) -> Iterator[Sign]:
    """A control character in a path, or a backspace in a pattern, that was written as two ordinary characters."""
    for node, _ in case.places:
        value = text_constant(node)
        if value is None or not isinstance(node, ast.Constant) or not _CONTROL.search(value):
            continue
        written = case.program.text(node)
        in_pattern = "\x08" in value and library_call(case.program, case.program.parent(node), "re") is not None
        if in_pattern or _PATH.match(written):
            said = "has a backslash that forms one special character with the letter behind it."
            yield of_line(case, "backslash-is-ordinary", node.lineno, 0.92, said)

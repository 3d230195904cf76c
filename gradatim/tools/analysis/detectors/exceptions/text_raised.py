"""A beginner believes that `raise "message"` raises an error with that text.

Something that is no exception stands behind raise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("raise-a-string",)


def detect(case: Examination) -> Iterator[Sign]:
    """A text behind `raise`."""
    for node, _ in case.places:
        if not isinstance(node, ast.Raise):
            continue
        if text_constant(node.exc) is not None or isinstance(node.exc, ast.JoinedStr):
            said = "raises a text, and only exceptions can be raised."
            yield of_line(case, "raise-a-string", node.lineno, 0.97, said)

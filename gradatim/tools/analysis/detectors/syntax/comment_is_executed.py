"""A beginner believes that describing a step in a comment makes it happen.

A block holds comments and no statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault, only_comments_above
from gradatim.tools.analysis.sign import Sign

TELLS = ("comment-is-executed",)


def detect(case: Examination) -> Iterator[Sign]:
    """A block that holds nothing but comments."""
    fault = load_fault(case)
    if fault is not None and fault.type == "IndentationError" and only_comments_above(case.program, fault):
        yield Sign(
            "comment-is-executed",
            (fault.line,),
            0.7,
            f"Line {fault.line}: the block above it holds only comments.",
            "Python skips comments, so the block counts as missing.",
            anywhere=True,
        )

"""A beginner loses count of the brackets that are still open.

The compiler meets a bracket that is never closed, or one that closes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.sign import Sign

TELLS = ("unbalanced-parentheses",)


def detect(case: Examination) -> Iterator[Sign]:
    """A bracket that is not closed, or closed once too often."""
    fault = load_fault(case)
    if fault is None:
        return
    if re.search(r"was never closed|unmatched|does not match opening", fault.message):
        text = case.program.line(fault.line)
        yield Sign(
            "unbalanced-parentheses",
            (fault.line,),
            0.95,
            f"Line {fault.line}: the brackets of `{text}` do not pair up.",
            f"The compiler says: {fault.message}.",
            anywhere=True,
        )

"""A beginner believes that `else` states the condition under which it applies.

The header of an else branch goes on with a comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault, mended, without_comment
from gradatim.tools.analysis.sign import Sign

TELLS = ("else-has-condition",)


def detect(case: Examination) -> Iterator[Sign]:
    """A condition after `else`."""
    fault = load_fault(case)
    if fault is None:
        return
    text = without_comment(case.program.lines[fault.line - 1])
    found = re.match(r"^(\s*)else\s+(?:if\s+)?([^:\s][^:]*):?\s*$", text)
    if found and mended(case.program, fault.line, f"{found.group(1)}elif {found.group(2)}:"):
        yield Sign(
            "else-has-condition",
            (fault.line,),
            0.95,
            f"Line {fault.line}: in `{text.strip()}` a condition follows else.",
            "With elif there, Python reads past this line.",
            anywhere=True,
        )

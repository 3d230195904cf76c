"""A beginner forgets that a text ends only where its own quotation mark comes again.

The compiler reads a text up to the end of the line.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.sign import Sign

TELLS = ("missing-quote",)


def detect(case: Examination) -> Iterator[Sign]:
    """A text that is not closed."""
    fault = load_fault(case)
    if fault is None or "unterminated" not in fault.message:
        return
    yield Sign(
        "missing-quote",
        (fault.line,),
        0.95,
        f"Line {fault.line}: a text in quotes begins in `{case.program.line(fault.line)}` and does not end.",
        f"The compiler says: {fault.message.split(' (')[0]}.",
        anywhere=True,
    )

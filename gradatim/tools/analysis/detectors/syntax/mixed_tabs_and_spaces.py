"""A beginner believes that indentation counts as it looks, whichever keys made it.

Lines of one block are indented with tabs here and with blanks there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.sign import Sign

TELLS = ("mixed-tabs-and-spaces",)


def detect(case: Examination) -> Iterator[Sign]:
    """Indentation that looks aligned and is made of different characters."""
    fault = load_fault(case)
    if fault is None or fault.type not in ("TabError", "IndentationError"):
        return
    margins = [re.match(r"[ \t]*", text) for text in case.program.lines[: fault.line] if text.strip()]
    kinds = {mark for margin in margins if margin for mark in margin.group()}
    if fault.type == "TabError" or kinds == {" ", "\t"}:
        yield Sign(
            "mixed-tabs-and-spaces",
            (fault.line,),
            0.95 if fault.type == "TabError" else 0.85,
            f"Line {fault.line}: up to here some lines are indented with tabs and some with spaces.",
            f"The compiler says: {fault.message}.",
            anywhere=True,
        )

"""A beginner takes the colon behind `if`, `for` or `def` for decoration that the line break replaces.

The compiler asks for a colon at the end of a block's header.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault, mended, without_comment
from gradatim.tools.analysis.sign import Sign

TELLS = ("missing-colon",)
_HEADER = re.compile(r"^\s*(async\s+)?(if|elif|else|for|while|def|class|try|except|finally|with)\b")


def detect(case: Examination) -> Iterator[Sign]:
    """A block header without its colon."""
    fault = load_fault(case)
    if fault is None:
        return
    for number in (fault.line, fault.line - 1):
        if number < 1:
            continue
        text = without_comment(case.program.lines[number - 1])
        if not _HEADER.match(text) or text.endswith(":") or re.match(r"^\s*else\s+\S", text):
            continue
        if mended(case.program, number, text + ":"):
            yield Sign(
                "missing-colon",
                (number,),
                0.95,
                f"Line {number}: `{text.strip()}` opens a block and does not end with a colon.",
                "With a colon there, Python reads past this line.",
                anywhere=True,
            )
            return

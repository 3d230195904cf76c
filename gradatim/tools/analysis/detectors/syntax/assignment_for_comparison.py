"""A beginner reads `=` in a condition as the question whether two values are equal.

The compiler refuses a single `=` in the condition of an if or while.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault, mended
from gradatim.tools.analysis.sign import Sign

TELLS = ("assignment-for-comparison",)


def detect(case: Examination) -> Iterator[Sign]:
    """`=` where `==` is needed."""
    fault = load_fault(case)
    if fault is None:
        return
    text = case.program.lines[fault.line - 1]
    single = re.search(r"(?<![=!<>+\-*/%&|^:])=(?!=)", text)
    condition = re.match(r"^\s*(if|elif|while|return|assert)\b", text) or " if " in text
    if single is None or not condition:
        return
    if mended(case.program, fault.line, text[: single.start()] + "==" + text[single.end() :]):
        yield Sign(
            "assignment-for-comparison",
            (fault.line,),
            0.95,
            f"Line {fault.line}: `{text.strip()}` has a single = in a condition.",
            "With == there, Python reads past this line.",
            anywhere=True,
        )

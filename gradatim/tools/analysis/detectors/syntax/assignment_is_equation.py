"""A beginner reads `=` as an equation whose sides may be exchanged.

A calculation, a call or a literal stands on the left of a single `=`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.sign import Sign

TELLS = ("assignment-is-equation",)


def detect(case: Examination) -> Iterator[Sign]:
    """A value or a calculation on the left of `=`."""
    fault = load_fault(case)
    if fault is None or "cannot assign to" not in fault.message:
        return
    text = case.program.line(fault.line)
    if re.match(r"^(if|elif|while|for|return|def)\b", text) or "(" in text.split("=")[0]:
        return
    yield Sign(
        "assignment-is-equation",
        (fault.line,),
        0.85,
        f"Line {fault.line}: in `{text}` the left side of = is not a name that can hold a value.",
        f"The compiler says: {fault.message.split('. ')[0].split(' here')[0]}.",
        anywhere=True,
    )

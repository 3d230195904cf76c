"""A beginner believes that the signs `>>>` and `...` of the interactive mode belong to the program.

A line that cannot be read begins with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("prompt-copied-into-program",)


def detect(case: Examination) -> Iterator[Sign]:
    """The prompt of the interactive mode at the beginning of a line."""
    fault = load_fault(case)
    if fault is None:
        return
    text = case.program.line(fault.line)
    if text.startswith(">>>") or re.match(r"In \[\d+\]:", text):
        said = "begins with the prompt of the interactive mode."
        yield of_line(case, "prompt-copied-into-program", fault.line, 0.97, said, anywhere=True)

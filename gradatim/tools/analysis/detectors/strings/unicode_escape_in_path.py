"""A beginner believes that a backslash in a text is a character like any other.

The compiler refuses a text in which a backslash and a U begin a character's number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("backslash-is-ordinary",)


def detect(case: Examination) -> Iterator[Sign]:
    """A path whose backslash is read as the beginning of a character's number."""
    fault = load_fault(case)
    if fault is None or "unicodeescape" not in fault.message:
        return
    line = next((place for place, text in enumerate(case.program.lines, 1) if re.search(r"\\[UuNx]", text)), fault.line)
    said = "has a backslash that begins the number of a character."
    yield of_line(case, "backslash-is-ordinary", line, 0.95, said, anywhere=True)

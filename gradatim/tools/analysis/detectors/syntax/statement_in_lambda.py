"""A beginner believes that a lambda may hold statements.

The compiler stops at a return, an assignment or another statement behind the colon of a lambda.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("lambda-holds-statements",)

_STATEMENT = re.compile(
    r"lambda\b[^:]*:\s*(?:return\b|pass\b|for\b|while\b|raise\b|del\b|global\b|if\b[^:]*:|\w+\s*(?:[-+*/]|//)?=(?!=))"
)


def detect(case: Examination) -> Iterator[Sign]:
    """A statement as the body of a lambda."""
    fault = load_fault(case)
    if fault is None:
        return
    if _STATEMENT.search(case.program.line(fault.line)):
        said = "has a statement in a lambda, whose body is one expression."
        yield of_line(case, "lambda-holds-statements", fault.line, 0.95, said, anywhere=True)

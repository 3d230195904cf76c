"""A beginner believes that commands of the shell can be written into a program.

A line that cannot be read begins with such a command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.readings import load_fault
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("shell-command-in-program",)

_COMMAND = re.compile(
    r"(?:[!%$] ?)?(?:pip3?\s+(?:install|uninstall|list|show)\b|python3?\s+(?:-m\s+)?[\w./]+(?:\.py)?\s*$|"
    r"cd\s+[\w./~\\]+\s*$|mkdir\s+\S|ls\s+-|git\s+\w|conda\s+\w|source\s+\S|sudo\s+\w|apt(?:-get)?\s+\w)"
)


def detect(case: Examination) -> Iterator[Sign]:
    """A command such as `pip install` among the statements."""
    fault = load_fault(case)
    if fault is None:
        return
    text = case.program.line(fault.line)
    if _COMMAND.match(text):
        said = "is a command of the shell and not a statement of Python."
        yield of_line(case, "shell-command-in-program", fault.line, 0.96, said, anywhere=True)

"""A beginner believes that a variable of the environment is a variable of the program.

A NameError for a name in capitals that nothing assigns, in a program that imports `os`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.scopes import NAME, nearest_name
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("environment-is-program-variable",)

_COMMON = frozenset(["HOME", "USER", "PATH", "DEBUG", "LANG", "API_KEY", "TOKEN", "PASSWORD", "PORT", "HOST"])


def detect(case: Examination) -> Iterator[Sign]:
    """A name of the environment read as a name of the program."""
    if "os" not in case.program.imports:
        return
    for line, found in case.raised_at("NameError", NAME).items():
        name = found[0].name
        resembled = nearest_name(name, case.known_names(case.function_at(line)))
        if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and resembled is None:
            said = f"uses `{name}`, which no line of the program defines."
            confidence = 0.9 if name in _COMMON else 0.75
            yield of_errors(case, "environment-is-program-variable", line, confidence, said, found)

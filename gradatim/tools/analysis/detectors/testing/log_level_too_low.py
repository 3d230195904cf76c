"""A beginner believes that every message given to a logger appears somewhere.

A message of level INFO or DEBUG is missing, and no line sets the level.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("info-shown-by-default",)


def detect(case: Examination) -> Iterator[Sign]:
    """`info` or `debug` without a level, where the message is missing in the output."""
    if "logging" not in case.program.imports or re.search(r"\blevel\b|setLevel", case.program.source):
        return
    for node, _ in case.places:
        call = method_called(node)
        if call is None or call[1] not in ("info", "debug") or not isinstance(node, ast.Call) or not node.args:
            continue
        message = text_constant(node.args[0])
        logger = isinstance(call[0], ast.Name) and re.search(r"log", call[0].id, re.IGNORECASE) is not None
        start = re.split(r"%", message or "")[0].strip()
        facts = [fact for fact in case.wrong if fact.output and _missing(fact, start)]
        if logger and start and facts:
            said = f"gives a message of the level {call[1].upper()}, which is dropped as no line sets the level."
            yield of_facts(
                case, "info-shown-by-default", node.lineno, 0.93, said, "The message is missing in the output", facts
            )


def _missing(fact: Contrast, start: str) -> bool:
    return start in str(fact.expected) and start not in str(fact.actual)

"""A beginner believes that `log.info("total", total)` writes both values like `print`.

A message without a placeholder is given further values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("log-message-joined-like-print",)

_LEVELS = frozenset(["debug", "info", "warning", "error", "critical", "exception"])


def detect(case: Examination) -> Iterator[Sign]:
    """A call of a logger with values that no placeholder of the message takes."""
    for node, _ in case.places:
        call = method_called(node)
        if call is None or call[1] not in _LEVELS or not isinstance(node, ast.Call) or len(node.args) < 2:
            continue
        logger = isinstance(call[0], ast.Name) and re.search(r"log", call[0].id, re.IGNORECASE) is not None
        message = text_constant(node.args[0])
        if logger and "logging" in case.program.imports and message is not None and "%" not in message:
            said = "gives values to a message that has no placeholder for them."
            yield of_line(case, "log-message-joined-like-print", node.lineno, 0.95, said)

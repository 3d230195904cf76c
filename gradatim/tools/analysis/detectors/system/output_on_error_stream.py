"""A beginner believes that whatever appears on the screen is the output of the program.

Lines that are missing in the output are written to standard error.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.libraries import library_name
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("error-stream-is-output",)


def detect(case: Examination) -> Iterator[Sign]:
    """Results written to standard error where output is missing."""
    facts = [fact for fact in case.wrong if fact.output and _lines(fact.actual) < _lines(fact.expected)]
    for node, _ in case.places:
        if not isinstance(node, ast.Call):
            continue
        to_error = any(item.arg == "file" and _error_stream(case, item.value) for item in node.keywords)
        call = method_called(node)
        written = call is not None and call[1] == "write" and _error_stream(case, call[0])
        if facts and (to_error or written):
            said = "writes to standard error, which is not the output."
            yield of_facts(case, "error-stream-is-output", node.lineno, 0.92, said, "The output lacks lines", facts)


def _error_stream(case: Examination, node: ast.expr) -> bool:
    return library_name(case.program, node, "sys") == "stderr"


def _lines(text: object) -> int:
    return len(text.splitlines()) if isinstance(text, str) else 0

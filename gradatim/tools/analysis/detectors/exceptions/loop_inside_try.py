"""A beginner believes that the more lines stand under `try`, the safer the program.

A whole loop stands under it, and ends at the first item that fails.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("try-too-large",)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop as the whole block of a try whose clause does nothing."""
    for node, _ in case.places:
        if not isinstance(node, ast.Try) or not isinstance(node.body[-1], ast.For) or len(node.handlers) != 1:
            continue
        handler = node.handlers[0]
        quiet = all(isinstance(part, ast.Pass | ast.Continue) for part in handler.body)
        ran = [test for test in case.failed_ids if case.ran_in(test, handler.body[0].lineno)]
        converts = any(called_name(item) in ("int", "float") for item in body_nodes(node.body))
        if quiet and ran and converts and handler.type is not None and handler.body[0].lineno > handler.lineno:
            said = "begins a block with a whole loop, which ends at the first item that fails."
            sign = of_line(case, "try-too-large", node.lineno, 0.9, said)
            yield replace(sign, tests=tuple(ran), why=f"The loop is left early in {name_tests(ran)}.")

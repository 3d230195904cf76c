"""A beginner believes that a clause with some error's name catches whatever goes wrong.

An exception leaves a block whose clauses are for other types.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import body_nodes
from gradatim.tools.analysis.patterns.exceptions import caught_by
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("catches-wrong-exception",)


def detect(case: Examination) -> Iterator[Sign]:
    """An exception in a try block that none of its clauses is for."""
    for node, _ in case.places:
        if not isinstance(node, ast.Try) or not node.handlers:
            continue
        first, last = node.body[0].lineno, node.body[-1].end_lineno or node.body[-1].lineno
        caught = [caught_by(handler) for handler in node.handlers]
        if not all(caught) or any(isinstance(item, ast.Raise) for item in body_nodes(node.body)):
            continue
        wanted = {case.task.test(test).raises for test in case.failed_ids}
        for line in range(first, last + 1):
            found = [
                item
                for item in case.raised_at("ValueError TypeError KeyError IndexError ZeroDivisionError").get(line, [])
                if item.fact.type not in wanted and not any(_catches(kinds, item.fact.type) for kinds in caught)
            ]
            if found:
                handler = node.handlers[0]
                said = f"is for other exceptions than the {found[0].fact.type} that line {line} raises."
                yield of_errors(case, "catches-wrong-exception", handler.lineno, 0.92, said, found)
                break


def _catches(kinds: tuple[type[BaseException], ...], name: str) -> bool:
    kind: object = getattr(builtins, name, None)
    return isinstance(kind, type) and issubclass(kind, kinds)

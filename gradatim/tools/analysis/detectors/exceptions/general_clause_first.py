"""A beginner believes that Python looks for the `except` clause that fits best.

A general type stands above a special one, which is then never reached.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.exceptions import caught_by
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("general-except-clause-first",)


def detect(case: Examination) -> Iterator[Sign]:
    """A clause for a general exception above one for an exception derived from it."""
    for node, _ in case.places:
        if not isinstance(node, ast.Try):
            continue
        for place, handler in enumerate(node.handlers):
            below = [(later, kind) for later in node.handlers[place + 1 :] for kind in caught_by(later)]
            hidden = next((later for later, kind in below if kind in _all_of(caught_by(handler), kind)), None)
            if hidden is not None:
                said = f"stands above line {hidden.lineno}, whose exceptions it catches as well."
                yield of_line(case, "general-except-clause-first", handler.lineno, 0.95, said)
                break


def _all_of(general: tuple[type[BaseException], ...], kind: type[BaseException]) -> tuple[type[BaseException], ...]:
    return (kind,) if general and issubclass(kind, general) and kind not in general else ()

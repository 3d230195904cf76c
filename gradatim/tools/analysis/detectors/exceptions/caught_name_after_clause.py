"""A beginner believes that the name given with `as` can be used after the `except` clause.

It is read below the clause, where Python has deleted it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("except-variable-survives",)


def detect(case: Examination) -> Iterator[Sign]:
    """A name error for the name of a caught exception."""
    for line, found in case.raised_at("NameError UnboundLocalError", r"(?:name|variable) '(\w+)'").items():
        name = found[0].name
        for node, function in case.places:
            match node:
                case ast.ExceptHandler(name=str(given)) if given == name and node.lineno < line:
                    pass
                case _:
                    continue
            if function is case.function_at(line) and (node.end_lineno or line) < line:
                said = f"uses `{name}`, which Python deletes at the end of its except clause."
                yield of_errors(case, "except-variable-survives", line, 0.96, said, found)
                break

"""A beginner believes that an inner function can assign to a variable of the function around it.

An UnboundLocalError in the inner function for a name that the outer one has.
"""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("enclosing-variable-assignable",)


def detect(case: Examination) -> Iterator[Sign]:
    """A name of the outer function that the inner one assigns without `nonlocal`."""
    for line, found in case.raised_at("UnboundLocalError", r"local variable '(\w+)'").items():
        inner = case.function_at(line)
        outer = case.program.enclosing_function(inner.node) if inner is not None else None
        name = found[0].name
        if inner is not None and outer is not None and name in outer.locals:
            said = f"uses `{name}`, which `{inner.name}` assigns without declaring it nonlocal."
            yield of_errors(case, "enclosing-variable-assignable", line, 0.95, said, found)

"""A beginner believes that `__str__` should print the text.

The method prints, and it returns no text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("str-method-prints",)


def detect(case: Examination) -> Iterator[Sign]:
    """A `__str__` or `__repr__` that prints and returns nothing."""
    raised = case.raised("TypeError", r"__(?:str|repr)__ returned non-string \((type NoneType)\)")
    for function in case.program.functions:
        if function.name not in ("__str__", "__repr__") or function.owner is None or function.returns_value:
            continue
        printing = next((node for node in function.nodes if called_name(node) == "print"), None)
        if isinstance(printing, ast.Call) and raised:
            said = "prints in a method that has to return the text."
            yield of_errors(case, "str-method-prints", printing.lineno, 0.96, said, raised)

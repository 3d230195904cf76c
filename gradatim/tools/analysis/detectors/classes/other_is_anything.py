"""A beginner believes that the other object in a comparison is always of the same class.

`__eq__` asks None or something unlike for an attribute.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("equality-of-unlike-objects",)


def detect(case: Examination) -> Iterator[Sign]:
    """An AttributeError of the other operand in a comparing method."""
    for line, found in case.raised_at("AttributeError", r"'(\w+)' object has no attribute '\w+'").items():
        function = case.function_at(line)
        if function is None or function.name not in ("__eq__", "__ne__", "__lt__") or len(function.parameters) != 2:
            continue
        other = function.parameters[1]
        asked = any(
            isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == other
            for node in case.nodes_at(line)
        )
        if asked and found[0].name != function.owner:
            said = f"asks `{other}` for an attribute, and anything may stand there."
            yield of_errors(case, "equality-of-unlike-objects", line, 0.95, said, found)

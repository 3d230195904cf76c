"""A beginner believes that a property is called with parentheses.

The value of a property is called.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.classes import is_property
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("property-called-like-method",)


def detect(case: Examination) -> Iterator[Sign]:
    """Parentheses behind a property of the program."""
    properties = {item.name for item in case.program.functions if item.owner is not None and is_property(item)}
    for line, found in case.raised_at("TypeError", r"'(\w+)' object is not callable").items():
        for node in case.nodes_at(line):
            call = method_called(node)
            if call is not None and call[1] in properties and not (isinstance(node, ast.Call) and node.args):
                said = f"calls `{call[1]}`, which is a property and already gives its value."
                yield of_errors(case, "property-called-like-method", line, 0.97, said, found)
                break

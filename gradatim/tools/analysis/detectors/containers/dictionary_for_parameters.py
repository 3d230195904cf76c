"""A beginner believes that a dictionary fills the parameters whose names are its keys.

A call with one dictionary lacks arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import mapped
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.patterns.values import text_constant, value_behind
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("dictionary-passed-as-keywords",)


def detect(case: Examination) -> Iterator[Sign]:
    """A TypeError about missing arguments where the only argument is a dictionary with fitting keys."""
    for line, found in case.raised_at("TypeError", r"^(\w+)\(\) missing \d+ required positional").items():
        function = case.program.function(found[0].name)
        home = case.function_at(line)
        for node in case.nodes_at(line):
            if function is None or called_name(node) != function.name or not isinstance(node, ast.Call):
                continue
            if len(node.args) == 1 and not node.keywords:
                keys = _keys(case, home, node.args[0])
                if len(function.parameters) > 1 and keys >= set(function.parameters):
                    said = "hands over a dictionary as one argument, for the first parameter."
                    yield of_errors(case, "dictionary-passed-as-keywords", line, 0.95, said, found)


def _keys(case: Examination, home: Function | None, node: ast.expr) -> set[str]:
    """Text keys of a dictionary that is written out, or that a test hands over."""
    given = value_behind(case, home, node)
    if isinstance(given, ast.Dict):
        return {key for item in given.keys if (key := text_constant(item)) is not None}
    if isinstance(given, ast.Name) and home is not None:
        for fact in case.contrasts:
            values = mapped(case.bindings(fact, home).get(given.id))
            if values is not None:
                return {key for key in values if isinstance(key, str)}
    return set()

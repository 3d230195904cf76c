"""A beginner believes that Python sees from their names which argument belongs to which parameter.

The names at the call are those of the parameters, in another order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("wrong-argument-order",)


def detect(case: Examination) -> Iterator[Sign]:
    """A call whose arguments have the parameters' names in another order."""
    for node, home in case.places:
        function = case.program.function(called_name(node) or "")
        if function is None or function is home or not isinstance(node, ast.Call) or node.keywords:
            continue
        given = [item.id for item in node.args if isinstance(item, ast.Name)]
        wanted = list(function.parameters[: len(node.args)])
        exchanged = len(given) == len(node.args) >= 2 and given != wanted and sorted(given) == sorted(wanted)
        if exchanged and not any(_in_order(other, function) for other in case.program.nodes):
            said = f"hands over {' and '.join(given)} to `{function.name}`, which takes {' and '.join(wanted)}."
            yield of_line(case, "wrong-argument-order", node.lineno, 0.92, said)


def _in_order(node: ast.AST, function: Function) -> bool:
    """Whether a call hands over the names in the order of the parameters: then both orders are meant."""
    if called_name(node) != function.name or not isinstance(node, ast.Call):
        return False
    given = [item.id for item in node.args if isinstance(item, ast.Name)]
    return given == list(function.parameters[: len(node.args)])

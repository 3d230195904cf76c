"""A beginner believes that a hint such as `n: int` converts the argument.

What was typed is handed unconverted to a parameter with the hint of a number.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, names_in
from gradatim.tools.analysis.patterns.inputs import is_raw
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import value_behind
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("type-hint-is-enforced",)


def detect(case: Examination) -> Iterator[Sign]:
    """Text from `input` as the argument for a parameter annotated as a number."""
    for node, home in case.places:
        function = case.program.function(called_name(node) or "")
        if function is None or not isinstance(node, ast.Call):
            continue
        for argument, parameter in zip(node.args, function.node.args.args, strict=False):
            hint = parameter.annotation
            number = isinstance(hint, ast.Name) and hint.id in ("int", "float")
            if number and is_raw(value_behind(case, home, argument)) and not _converted(function, parameter.arg):
                said = f"hands typed text to `{parameter.arg}`, whose hint does not change it."
                yield of_line(case, "type-hint-is-enforced", node.lineno, 0.88, said)


def _converted(function: Function, name: str) -> bool:
    return any(called_name(node) in ("int", "float") and name in names_in(node) for node in function.nodes)

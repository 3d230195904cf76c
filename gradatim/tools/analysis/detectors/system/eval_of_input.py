"""A beginner believes that `eval(input())` is the general way of reading a value.

What was typed is run as code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.inputs import is_raw
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("eval-reads-input",)


def detect(case: Examination) -> Iterator[Sign]:
    """`eval` of what `input` gave."""
    for node, function in case.places:
        if called_name(node) != "eval" or not isinstance(node, ast.Call) or not node.args:
            continue
        if is_raw(value_behind(case, function, node.args[0])):
            said = "runs the typed text as code."
            yield of_line(case, "eval-reads-input", node.lineno, 0.93, said)

"""A beginner believes that JSON is how Python writes dictionaries.

`str` makes the text that is read as JSON, or that is handed over as JSON.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, literal
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_facts, of_line
from gradatim.tools.analysis.patterns.values import own_facts, value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("json-is-python-notation",)


def detect(case: Examination) -> Iterator[Sign]:
    """`json.loads(str(data))`, or `str(data)` where JSON is wanted."""
    for node, function in case.places:
        if library_call(case.program, node, "json") == "loads" and isinstance(node, ast.Call) and node.args:
            if called_name(value_behind(case, function, node.args[0])) in ("str", "repr"):
                said = "reads as JSON what `str` made, which follows the rules of Python."
                yield of_line(case, "json-is-python-notation", node.lineno, 0.94, said)
        elif isinstance(node, ast.Return) and node.value is not None:
            made = value_behind(case, function, node.value)
            facts = [fact for fact in own_facts(case, function) if _same_data(fact)]
            if facts and called_name(made) in ("str", "repr"):
                said = "hands over how Python writes the data, which is not JSON."
                seen = "The same data is wanted, written as JSON,"
                yield of_facts(case, "json-is-python-notation", node.lineno, 0.95, said, seen, facts)


def _same_data(fact: Contrast) -> bool:
    if not isinstance(fact.expected, str) or not isinstance(fact.actual, str):
        return False
    try:
        wanted: object = json.loads(fact.expected)
    except (ValueError, RecursionError):
        return False
    return isinstance(wanted, dict | list) and literal(fact.actual) == wanted and fact.actual != fact.expected

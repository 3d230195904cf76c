"""A beginner believes that `reverse=True` turns round the first part of a sort key only.

Items with the same first criterion come in the wrong order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, method_called
from gradatim.tools.analysis.patterns.lists import reordered
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("reverse-applies-to-one-key",)


def detect(case: Examination) -> Iterator[Sign]:
    """A tuple as sort key together with `reverse=True`, and the right items in a wrong order."""
    for node, function in case.places:
        if not isinstance(node, ast.Call):
            continue
        call = method_called(node)
        if called_name(node) != "sorted" and (call is None or call[1] != "sort"):
            continue
        key = next((item.value for item in node.keywords if item.arg == "key"), None)
        turned = any(item.arg == "reverse" and _true(item.value) for item in node.keywords)
        if not turned or not isinstance(key, ast.Lambda) or not isinstance(key.body, ast.Tuple):
            continue
        facts = [fact for fact in case.wrong_of(function) if reordered(fact)]
        if facts:
            said = "turns the whole comparison round, with all parts of the key."
            seen = "The right items come in a wrong order, which is not just the reverse,"
            yield of_facts(case, "reverse-applies-to-one-key", node.lineno, 0.92, said, seen, facts)


def _true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True

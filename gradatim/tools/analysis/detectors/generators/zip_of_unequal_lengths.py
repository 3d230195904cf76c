"""A beginner believes that `zip` fills gaps or complains about lists of different lengths.

Exactly the tests with different lengths fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, items
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("zip-fills-or-complains",)


def detect(case: Examination) -> Iterator[Sign]:
    """`zip` of parameters that have different lengths in every failing test and in no other."""
    for node, function in case.places:
        if called_name(node) != "zip" or not isinstance(node, ast.Call) or node.keywords or function is None:
            continue
        names = [item.id for item in node.args if isinstance(item, ast.Name)]
        if len(names) != len(node.args) or len(names) < 2:
            continue
        own = [fact for fact in case.contrasts if fact.function == function.name]
        failing = [fact for fact in own if not fact.passed]
        unequal = [_unequal(case, fact, function, names) for fact in failing]
        passed = [_unequal(case, fact, function, names) for fact in own if fact.passed]
        if failing and len(failing) == len(case.failing) and all(unequal) and not any(passed) and passed:
            said = "stops with the shortest of what it is given."
            seen = "The lengths are different"
            yield of_facts(case, "zip-fills-or-complains", node.lineno, 0.92, said, seen, failing)


def _unequal(case: Examination, fact: Contrast, function: Function, names: list[str]) -> bool:
    values = case.bindings(fact, function)
    lengths = {len(found) for name in names if (found := items(values.get(name))) is not None}
    return len(lengths) > 1

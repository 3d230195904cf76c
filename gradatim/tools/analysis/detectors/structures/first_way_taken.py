"""A beginner believes that the first way that a search finds is the shortest.

A depth-first search returns a way with the right ends that is longer than necessary.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.recursion import self_calls
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("first-way-found-is-shortest",)


def detect(case: Examination) -> Iterator[Sign]:
    """A recursive search that returns inside its loop, with ways that are too long."""
    for function in case.functions:
        facts = [fact for fact in own_facts(case, function) if _longer(fact)]
        if not facts or not self_calls(function):
            continue
        for node in function.nodes:
            if not isinstance(node, ast.For):
                continue
            inside = list(ast.walk(node))
            returned = next((item for item in inside if isinstance(item, ast.Return) and item.value is not None), None)
            if returned is not None and any(call in inside for call in self_calls(function)):
                said = "ends the search with the first way that is found."
                seen = "The way has the right ends and is longer than the wanted one"
                yield of_facts(case, "first-way-found-is-shortest", returned.lineno, 0.93, said, seen, facts)
                break


def _longer(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if not wanted or not got or len(got) <= len(wanted):
        return False
    return (wanted[0], wanted[-1]) == (got[0], got[-1]) and len(set(map(str, got))) == len(got)

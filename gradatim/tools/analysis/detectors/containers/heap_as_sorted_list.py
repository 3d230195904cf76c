"""A beginner believes that a list kept by heapq is sorted.

A heap is returned or printed as it is where a sorted list is wanted.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.lists import same_items
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("heap-list-is-sorted",)


def detect(case: Examination) -> Iterator[Sign]:
    """A heap handed over whole, or asked for a position other than 0."""
    for node, function in case.places:
        if library_call(case.program, node, "heapq") not in ("heapify", "heappush") or not isinstance(node, ast.Call):
            continue
        if not node.args or not isinstance(node.args[0], ast.Name):
            continue
        heap = node.args[0].id
        nodes = function.nodes if function is not None else case.program.top
        use = next((item for item in nodes if _as_sorted(item, heap)), None)
        facts = [fact for fact in case.wrong_of(function) if _unsorted(fact) or isinstance(use, ast.Subscript)]
        if use is not None and facts:
            line = getattr(use, "lineno", node.lineno)
            said = f"relies on the order of `{heap}`; in a heap only position 0 is certain."
            seen = "Items are not in the wanted order"
            yield of_facts(case, "heap-list-is-sorted", line, 0.93, said, seen, facts)


def _as_sorted(node: ast.AST, heap: str) -> bool:
    match node:
        case ast.Return(value=ast.Name(id=name)) | ast.Call(func=ast.Name(id="print"), args=[ast.Name(id=name)]):
            return name == heap
        case ast.Subscript(value=ast.Name(id=name), slice=place, ctx=ast.Load()):
            return name == heap and (isinstance(place, ast.Slice) or constant_number(place) not in (None, 0))
        case _:
            return False


def _unsorted(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if fact.output and isinstance(fact.expected, str) and isinstance(fact.actual, str):
        return sorted(re.findall(r"\w+", fact.expected)) == sorted(re.findall(r"\w+", fact.actual))
    if wanted is None or got is None:
        return False
    return same_items(wanted, got)

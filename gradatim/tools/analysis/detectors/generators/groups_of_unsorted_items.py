"""A beginner believes that `groupby` gathers all items with the same key.

Items that were not sorted are grouped, and a key comes more than once or loses its earlier items.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed, mapped
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, method_called, same
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import values_of
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("groupby-collects-all-equal-keys",)


def detect(case: Examination) -> Iterator[Sign]:
    """`groupby` of unsorted items where a dictionary or fewer groups are wanted."""
    for node, function in case.places:
        name = library_call(case.program, node, "itertools")
        if name != "groupby" or not isinstance(node, ast.Call) or not node.args:
            continue
        grouped = node.args[0]
        made = values_of(case, function, grouped.id) if isinstance(grouped, ast.Name) else (grouped,)
        if any(called_name(value) == "sorted" for value in made) or _sorted_in_place(grouped, function):
            continue
        facts = [fact for fact in case.wrong_of(function) if _torn(fact)]
        if facts:
            said = "groups items as they come, and a new group begins wherever the key changes."
            seen = "A key has several groups, or lost its earlier items,"
            yield of_facts(case, "groupby-collects-all-equal-keys", node.lineno, 0.92, said, seen, facts)


def _sorted_in_place(node: ast.expr, function: Function | None) -> bool:
    for item in function.nodes if function is not None else ():
        call = method_called(item)
        if call is not None and call[1] == "sort" and same(call[0], node):
            return True
    return False


def _torn(fact: Contrast) -> bool:
    wanted, got = mapped(fact.expected), mapped(fact.actual)
    if wanted is not None and got is not None:
        return wanted.keys() == got.keys() and all(_fewer(got[key], wanted[key]) for key in wanted)
    first, second = listed(fact.expected), listed(fact.actual)
    return first is not None and second is not None and len(second) > len(first)


def _fewer(got: object, wanted: object) -> bool:
    if isinstance(got, int) and isinstance(wanted, int):
        return got <= wanted
    return len(listed(got) or []) <= len(listed(wanted) or [])

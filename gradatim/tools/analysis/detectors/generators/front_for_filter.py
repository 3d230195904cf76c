"""A beginner believes that `takewhile` keeps all items that pass its test, and `dropwhile` removes them all.

Items behind the first exception are missing, or still there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("takewhile-is-filter",)


def detect(case: Examination) -> Iterator[Sign]:
    """`takewhile` or `dropwhile` where the whole sequence should have been tested."""
    for node, function in case.places:
        name = library_call(case.program, node, "itertools")
        if name not in ("takewhile", "dropwhile") or not isinstance(node, ast.Call):
            continue
        facts = [fact for fact in case.wrong_of(function) if _front_only(fact, name)]
        if facts:
            said = f"uses `{name}`, which tests nothing behind the first item that fails."
            seen = "Items behind the first exception make the difference"
            yield of_facts(case, "takewhile-is-filter", node.lineno, 0.93, said, seen, facts)


def _front_only(fact: Contrast, name: str) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or wanted == got:
        return False
    if name == "takewhile":
        return 0 < len(got) < len(wanted) and wanted[: len(got)] == got
    remaining = iter(got)
    return (
        len(got) > len(wanted) > 0
        and wanted[0] == got[0]
        and all(any(item == other for other in remaining) for item in wanted)
    )

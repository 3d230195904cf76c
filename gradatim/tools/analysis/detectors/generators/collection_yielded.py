"""A beginner believes that `yield` of a list or generator hands out its items one by one.

A list or generator is among the results where its items are wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.generators import generator_called
from gradatim.tools.analysis.patterns.lists import flat
from gradatim.tools.analysis.patterns.telling import of_facts, of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("yield-of-collection-spreads-items",)


def detect(case: Examination) -> Iterator[Sign]:
    """`yield` of a whole collection or of another generator."""
    for function in case.functions:
        for node in function.nodes:
            if not isinstance(node, ast.Yield) or node.value is None:
                continue
            said = "hands out one object and not the items in it."
            recursive = generator_called(case, node.value) is not None
            facts = [fact for fact in case.wrong_of(function) if _nested(fact)]
            raised = case.raised("TypeError", r"'(generator|list)'")
            shown = [item for item in case.failing if "<generator object" in (item.actual or "")]
            if recursive and (shown or raised or facts or case.failing):
                yield of_line(case, "yield-of-collection-spreads-items", node.lineno, 0.92, said)
            elif facts:
                seen = "The wanted items came inside of lists"
                yield of_facts(case, "yield-of-collection-spreads-items", node.lineno, 0.92, said, seen, facts)


def _nested(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    return wanted is not None and got is not None and wanted != got and flat(got) == wanted

"""A beginner believes that `split(",")` also takes the spaces around the commas away.

Pieces with spaces come where they are wanted without.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, text_constant, texts_in
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("split-strips-pieces",)


def detect(case: Examination) -> Iterator[Sign]:
    """Pieces of `split` with a separator that keep spaces at their ends."""
    for node, function in case.places:
        call = method_called(node)
        if call is None or call[1] != "split" or not isinstance(node, ast.Call) or not node.args:
            continue
        separator = text_constant(node.args[0])
        if separator is None or not separator.strip() or function is None or _strips(function):
            continue
        facts = [fact for fact in own_facts(case, function) if _spaces_left(fact, separator)]
        if facts:
            said = f"cuts at {case.program.text(node.args[0])} and leaves the spaces beside it in the pieces."
            seen = "Spaces stand beside the separator, and only they make the difference"
            yield of_facts(case, "split-strips-pieces", node.lineno, 0.93, said, seen, facts)


def _strips(function: Function) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr.endswith("strip") for node in function.nodes)


def _spaces_left(fact: Contrast, separator: str) -> bool:
    if not any(separator + " " in text or " " + separator in text for text in texts_in(fact)):
        return False
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None:
        return fact.opposite and fact.expected is True
    stripped = [item.strip() if isinstance(item, str) else item for item in got]
    return wanted != got and stripped == wanted

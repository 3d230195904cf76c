"""A beginner believes that `strip` takes off the word given as its argument.

More than that word has disappeared at an end of the result.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, text_constant
from gradatim.tools.analysis.sign import Sign

TELLS = ("strip-removes-word",)

_STRIPS = frozenset(["strip", "lstrip", "rstrip"])


def detect(case: Examination) -> Iterator[Sign]:
    """`strip` with several characters, where more of them than wanted are gone."""
    for node, function in case.places:
        call = method_called(node)
        if call is None or call[1] not in _STRIPS or not isinstance(node, ast.Call) or len(node.args) != 1:
            continue
        characters = text_constant(node.args[0])
        if characters is None or len(set(characters)) < 2 or not re.search(r"\w", characters):
            continue
        facts = [fact for fact in own_facts(case, function) if _lost(fact, characters, call[1])]
        if facts:
            said = f"takes off every one of the characters in {case.program.text(node.args[0])}, in any order."
            seen = "Letters that belong to the result are missing at its end"
            yield of_facts(case, "strip-removes-word", node.lineno, 0.93, said, seen, facts)


def _lost(fact: Contrast, characters: str, method: str) -> bool:
    wanted, got = fact.expected, fact.actual
    if not isinstance(wanted, str) or not isinstance(got, str) or wanted == got:
        return False
    stripped = {"strip": wanted.strip, "lstrip": wanted.lstrip, "rstrip": wanted.rstrip}[method](characters)
    return stripped == got

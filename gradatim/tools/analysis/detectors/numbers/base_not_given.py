"""A beginner believes that `int` sees for itself in which base a text is written.

The result has the same digits as the binary text, or hexadecimal text is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, literal
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors, of_facts
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("int-recognises-binary-text",)


def detect(case: Examination) -> Iterator[Sign]:
    """`int` without a base where the digits are binary or hexadecimal."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Name(id="int"), args=[_], keywords=[]):
                pass
            case _:
                continue
        facts = own_facts(case, function)
        said = "gives `int` no base, so the digits are read as decimal ones."
        if facts and all(_as_binary(fact) for fact in facts):
            seen = "The result has the digits of the binary text"
            yield of_facts(case, "int-recognises-binary-text", node.lineno, 0.93, said, seen, facts)
        refused = case.raised_at("ValueError", r"base 10: '(?:0[xb])?([0-9a-fA-F]+)'").get(node.lineno, [])
        wanted = [item for item in refused if item.test and _in_base_16(case, item.test, item.name)]
        if wanted:
            yield of_errors(case, "int-recognises-binary-text", node.lineno, 0.92, said, wanted)


def _as_binary(fact: Contrast) -> bool:
    if not isinstance(fact.expected, int) or not isinstance(fact.actual, int) or not 1 < fact.actual < 10**100:
        return False
    digits = str(fact.actual)
    return set(digits) <= {"0", "1"} and int(digits, 2) == fact.expected


def _in_base_16(case: Examination, test: str, digits: str) -> bool:
    return literal(case.task.test(test).expect) == int(digits, 16)

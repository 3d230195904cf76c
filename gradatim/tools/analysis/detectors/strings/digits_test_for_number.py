"""A beginner believes that `isdigit` tells whether a text is a number.

The tests that fail give texts of numbers with a sign, a point or spaces.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("isdigit-accepts-any-number",)

_TESTS = frozenset(["isdigit", "isnumeric", "isdecimal"])
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)\s*")


def detect(case: Examination) -> Iterator[Sign]:
    """`isdigit` where every failing test gives a number that does not consist of digits alone."""
    for node, function in case.places:
        call = method_called(node)
        if call is None or call[1] not in _TESTS or function is None or not isinstance(node, ast.expr):
            continue
        facts = [fact for fact in case.contrasts if not fact.passed and fact.function == function.name]
        if facts and all(_written_number(texts_in(fact)) for fact in facts):
            said = f"asks by `{call[1]}` whether all characters are digits."
            seen = "A number with a sign, a point or spaces is given"
            yield of_facts(case, "isdigit-accepts-any-number", node.lineno, 0.92, said, seen, facts)


def _written_number(texts: tuple[str, ...]) -> bool:
    return any(_NUMBER.fullmatch(text) and not text.isdigit() for text in texts)

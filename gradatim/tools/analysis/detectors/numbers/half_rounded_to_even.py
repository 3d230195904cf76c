"""A beginner believes that `round` rounds a half up.

Only values that end in .5 after an even number fail, by one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.evaluate import evaluate
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("round-half-always-up",)


def detect(case: Examination) -> Iterator[Sign]:
    """`round` of exact halves in all tests that fail, and one too little."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Name(id="round"), args=[value], keywords=[]):
                pass
            case _:
                continue
        facts = own_facts(case, function)
        if function is None or not facts or not case.right or any(fact.difference != 1 for fact in facts):
            continue
        if all(_is_half(evaluate(value, case.bindings(fact, function))) for fact in facts):
            said = "uses `round`, which takes an exact half to the even neighbour."
            seen = "The value is an exact half, and the result is too small by one"
            yield of_facts(case, "round-half-always-up", node.lineno, 0.95, said, seen, facts)


def _is_half(value: object) -> bool:
    return isinstance(value, float) and value % 1 == 0.5

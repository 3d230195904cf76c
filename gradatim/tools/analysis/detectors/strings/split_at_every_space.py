"""A beginner believes that `split(" ")` and `split()` do the same.

Only tests with several spaces, other white space or nothing in a row fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, passed_facts, texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("split-space-is-split",)


def detect(case: Examination) -> Iterator[Sign]:
    """`split(" ")` where exactly those tests fail for which it differs from `split()`."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Attribute(attr="split"), args=[ast.Constant(value=" ")], keywords=[]):
                pass
            case _:
                continue
        facts, passed = own_facts(case, function), passed_facts(case, function)
        if not facts or len(facts) != len(case.failing) or not any(texts_in(fact) for fact in facts):
            continue
        if all(any(map(_differs, texts_in(fact))) for fact in facts) and not any(
            any(map(_differs, texts_in(fact))) for fact in passed
        ):
            said = "cuts at every single space, also where several stand in a row."
            seen = "The text has white space that single spaces do not divide"
            yield of_facts(case, "split-space-is-split", node.lineno, 0.93, said, seen, facts)


def _differs(text: str) -> bool:
    return text.split(" ") != text.split()

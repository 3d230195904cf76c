"""A beginner believes that a text of n characters is n bytes long.

The number of characters comes where the number of bytes was wanted, for texts beyond ASCII.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import length_of
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("bytes-equal-characters",)


def detect(case: Examination) -> Iterator[Sign]:
    """The length of a text where the length of its encoding is wanted."""
    for node, function in case.places:
        facts = own_facts(case, function)
        if length_of(node) is None or not isinstance(node, ast.expr) or not facts:
            continue
        if all(any(_bytes_wanted(fact, text) for text in texts_in(fact)) for fact in facts):
            said = "counts the characters of a text."
            seen = "The number of bytes is wanted, which is larger"
            yield of_facts(case, "bytes-equal-characters", node.lineno, 0.94, said, seen, facts)


def _bytes_wanted(fact: Contrast, text: str) -> bool:
    size = len(text.encode("utf-8", "replace"))
    return fact.expected == size and fact.actual == len(text) and size != len(text)

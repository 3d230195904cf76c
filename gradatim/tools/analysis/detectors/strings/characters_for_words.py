"""A beginner believes that a loop over a sentence, or its length, goes word by word.

The number of characters comes where the number of words was wanted.
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

TELLS = ("character-is-word",)


def detect(case: Examination) -> Iterator[Sign]:
    """Characters counted, or gone through under the name of words, where words are wanted."""
    for node, function in case.places:
        facts = own_facts(case, function)
        if not isinstance(node, ast.For | ast.Call) or not facts or function is None:
            continue
        if isinstance(node, ast.For):
            over, said = node.iter, "goes through the characters of a text."
        else:
            over, said = length_of(node), "counts the characters of a text."
        if isinstance(over, ast.Name) and over.id in function.parameters and all(map(_words_wanted, facts)):
            seen = "The number of words is wanted, and that of characters came"
            yield of_facts(case, "character-is-word", node.lineno, 0.93, said, seen, facts)


def _words_wanted(fact: Contrast) -> bool:
    for text in texts_in(fact):
        words, letters = len(text.split()), len(text.replace(" ", ""))
        if fact.expected == words and fact.actual == len(text) and words not in (len(text), letters):
            return True
    return False

"""A beginner believes that `*` in a pattern stands for any text, as in file names.

A pattern begins with `*`, or texts that it should allow are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.regexes import pattern_calls, short, tame
from gradatim.tools.analysis.patterns.telling import of_errors, of_facts
from gradatim.tools.analysis.patterns.values import own_facts, texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("star-is-any-text",)

_STAR = re.compile(r"(?<=[\w -])\*")


def detect(case: Examination) -> Iterator[Sign]:
    """`*` behind a letter or at the beginning of a pattern, meant as any text."""
    refused = case.raised_at("error PatternError", r"nothing to (repeat)")
    for call in pattern_calls(case):
        line = call.node.lineno
        if call.pattern.startswith("*"):
            if line in refused:
                said = "has a pattern that begins with *, which repeats what stands before it."
                yield of_errors(case, "star-is-any-text", line, 0.94, said, refused[line])
            continue
        facts = own_facts(case, call.function)
        pattern, meant = tame(call.pattern), tame(_STAR.sub(".*", call.pattern))
        if not _STAR.search(call.pattern) or pattern is None or meant is None or not facts:
            continue
        seeking = {"match": "match", "search": "search", "fullmatch": "fullmatch"}.get(call.name)
        if seeking and all(fact.opposite and len(texts_in(fact)) == 1 for fact in facts):
            texts = [short(texts_in(fact)[0]) for fact in facts]
            found = [getattr(meant, seeking)(text) is not None for text in texts]
            if found == [fact.expected for fact in facts] and any(found):
                said = "has a * in its pattern, which repeats the character before it."
                seen = "Any text in the place of the * would give the wanted answer"
                yield of_facts(case, "star-is-any-text", line, 0.93, said, seen, facts)

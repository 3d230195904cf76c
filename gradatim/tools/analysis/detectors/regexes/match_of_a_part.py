"""A beginner believes that a text whose pattern matches consists of nothing else.

Texts with more behind the match are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.regexes import pattern_calls, short, tame
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("match-means-entire-text",)


def detect(case: Examination) -> Iterator[Sign]:
    """`re.match` or `re.search` for a check that only a part of the text passes."""
    for call in pattern_calls(case):
        pattern = tame(call.pattern) if call.name in ("match", "search") else None
        facts = own_facts(case, call.function)
        if pattern is None or not facts or not all(fact.opposite and fact.actual is True for fact in facts):
            continue
        if all(len(texts_in(fact)) == 1 and _in_part(pattern, texts_in(fact)[0]) for fact in facts):
            said = f"uses `re.{call.name}`, which is content with a part of the text."
            seen = "Only a part of the text fits the pattern"
            yield of_facts(case, "match-means-entire-text", call.node.lineno, 0.94, said, seen, facts)


def _in_part(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(short(text)) is not None and pattern.fullmatch(short(text)) is None

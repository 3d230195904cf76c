"""A beginner believes that a dot in a pattern is a full stop.

Everything is cut at every character, or another character is accepted in the place of the dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.regexes import pattern_calls, short, tame
from gradatim.tools.analysis.patterns.telling import of_facts, of_line
from gradatim.tools.analysis.patterns.values import own_facts, passed_facts, texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("dot-is-literal",)

_DOT = re.compile(r"(?<!\\)\.(?![*+?{])")
_CLASS = re.compile(r"\[[^\]]*\]")


def detect(case: Examination) -> Iterator[Sign]:
    """A dot without a backslash in a pattern that should stand for itself."""
    for call in pattern_calls(case):
        said = "has a dot in its pattern, which fits any character."
        if call.pattern == "." and call.name in ("split", "sub"):
            yield of_line(case, "dot-is-literal", call.node.lineno, 0.93, said)
            continue
        bare = _CLASS.sub("", call.pattern)
        pattern, escaped = tame(call.pattern), tame(_DOT.sub(r"\\.", call.pattern))
        facts = own_facts(case, call.function)
        if bare != call.pattern or not _DOT.search(bare) or pattern is None or escaped is None or not facts:
            continue
        accepted = all(fact.opposite and fact.actual is True and len(texts_in(fact)) == 1 for fact in facts)
        passed = [fact for fact in passed_facts(case, call.function) if fact.expected is True]
        fits = any(escaped.search(short(text)) for fact in passed for text in texts_in(fact))
        if fits and accepted and all(_only_by_dot(pattern, escaped, texts_in(fact)[0]) for fact in facts):
            seen = "Another character stands in the place of the full stop"
            yield of_facts(case, "dot-is-literal", call.node.lineno, 0.93, said, seen, facts)


def _only_by_dot(pattern: re.Pattern[str], escaped: re.Pattern[str], text: str) -> bool:
    return pattern.search(short(text)) is not None and escaped.search(short(text)) is None

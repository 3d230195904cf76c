"""A beginner believes that `re.match` finds a pattern wherever it stands.

In the tests that fail the pattern stands further on in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.regexes import pattern_calls, short, tame
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import texts_in
from gradatim.tools.analysis.sign import Sign

TELLS = ("re-match-searches-anywhere",)


def detect(case: Examination) -> Iterator[Sign]:
    """`re.match` where the pattern occurs, and not at the beginning, in every test that fails."""
    for call in pattern_calls(case):
        pattern = tame(call.pattern) if call.name == "match" else None
        if pattern is None or call.function is None:
            continue
        facts = [fact for fact in case.contrasts if not fact.passed and fact.function == call.function.name]
        given = [text for fact in facts for text in texts_in(fact)]
        if facts and given and all(_further_on(pattern, text) for text in given):
            said = "uses `re.match`, which tries only the beginning of the text."
            seen = "The pattern stands further on in the text"
            yield of_facts(case, "re-match-searches-anywhere", call.node.lineno, 0.93, said, seen, facts)


def _further_on(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.match(short(text)) is None and pattern.search(short(text)) is not None

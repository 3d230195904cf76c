"""Praise of a program as right, where its tests say otherwise: also inside a question or an encouragement."""

from __future__ import annotations

import re

from gradatim.domain import Check, TestCountClaim
from gradatim.languages.expressions import patterns
from gradatim.languages.language import DEFAULT
from gradatim.languages.meaning import written_in
from gradatim.tools.claims.case import Case

_RIGHT = r"(?:correct|right|perfect|flawless|faultless|finished|(?:error|bug|fault)[- ]free)"
_WHOLLY = r"(?:completely|fully|perfectly|entirely|totally|absolutely|already)"
_THING = r"(?:programs?|code|solutions?|functions?|answers?|submissions?|work)"
_ACCLAIM = re.compile(
    rf"""
      \b(?:this|your|such\s+an?)\s+(?:{_WHOLLY}\s+)?{_RIGHT}\s+{_THING}\b
    | \b(?:your|this|the)\s+{_THING}\s+(?:is|looks|works)\s+(?:{_WHOLLY}\s+)?(?:{_RIGHT}|correctly|perfectly|fine)\b
    | \b(?:there\s+(?:is|are)|has|have|contains?|with|find|see)\s+(?:absolutely\s+)?no
        \s+(?:errors?|mistakes?|faults?|bugs?)\b
    | \b(?:all|every|each)\s+(?:of\s+the\s+)?tests?\s+(?:pass(?:es|ed)?|succeeds?|(?:is|are|was|were)\s+passed)\b
    | \b(?:you|it|(?:your|the|this)\s+{_THING})\s+pass(?:es|ed)?\s+(?:all|every)(?:\s+of)?(?:\s+(?:the|its))?\s+tests?\b
    | \bfull\s+marks\b
    | \bnothing\s+(?:(?:is|was)\s+wrong|has\s+to\s+(?:be\s+)?changed?|(?:needs?|must)\s+(?:to\s+)?(?:be\s+)?changed?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OPEN = re.compile(
    r"\b(?:if|when|until|once|unless|before|after|so that|would|could|should|will|not|never|almost|nearly)\b|n't\b",
    re.IGNORECASE,
)


def false_acclaim(sentence: str, case: Case) -> Check | None:
    """A refutation when a sentence takes a program that fails tests for right; `None` for any other."""
    if case.execution.passed:
        return None
    code = written_in(sentence)
    praises, leaves_open = _ACCLAIM, _OPEN
    if code != DEFAULT:
        praises = patterns(code, "acclaim") or _ACCLAIM
        leaves_open = patterns(code, "acclaim_open") or _OPEN
    found = praises.search(sentence)
    if found is None or leaves_open.search(sentence[: found.end()]):
        return None
    outcomes = case.execution.outcomes
    failed = sum(outcome.status != "passed" for outcome in outcomes)
    claim = TestCountClaim(status="passed", count=len(outcomes))
    detail = f"{failed} of {len(outcomes)} tests do not pass"
    return Check(claim=claim, verdict="refuted", method="evidence", detail=detail)

"""Sentences about what a learner did before, how a program's time grows, and what concepts mean and rest on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import (
    ComplexityClaim,
    ComplexityOrder,
    ConceptDefinitionClaim,
    ConceptRelationClaim,
    HistoryClaim,
    VariableValueClaim,
)
from gradatim.tools.claims.extraction.reading import CODE, VALUE, Found, Reading

_EARLIER = (
    r"(?:before|earlier|last time|previously|in the past|already|once more|again|in an? (?:earlier|previous) \w+)"
)
_MISTAKE = re.compile(
    rf"\byou(?:'ve| have)? (?P<no>never |not )?(?:already )?(?:made|had|shown?|repeated) (?:this|that|the same"
    rf"|such an?"
    rf"|a similar) (?P<what>mistake|error|misconception|problem)(?: {_EARLIER})?",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:before|earlier|last time|previously|in the past|again|already|never)\b", re.IGNORECASE)
_TASK = re.compile(
    r"\byou(?:'ve| have)? (?P<no>never |not )?(?:already )?(?:worked on|tried|attempted|submitted) this (?:task"
    r"|exercise)"
    r"(?: (?:before|earlier|already|previously))",
    re.IGNORECASE,
)
_ORDERS: tuple[tuple[str, ComplexityOrder], ...] = (
    (r"constant|O\(1\)", "constant"),
    (r"logarithmic|O\(log ?n\)", "logarithmic"),
    (r"linearithmic|O\(n ?\*? ?log ?n\)", "linearithmic"),
    (r"linear|O\(n\)", "linear"),
    (r"quadratic|O\(n ?(?:\^|\*\*)? ?[2²]\)|O\(n²\)", "quadratic"),
    (r"cubic|O\(n ?(?:\^|\*\*)? ?3\)|O\(n³\)", "cubic"),
    (r"exponential|O\(2 ?(?:\^|\*\*) ?n\)", "exponential"),
)
_TIME = re.compile(
    r"\b(?:program|code|function|loop|loops|solution|algorithm|it|this) (?:currently )?(?:runs? in|takes?|needs?|has"
    r"|is) (?:an? )?(?P<order>[\w()^*²³ \ue100-\uf0ff]{1,16}?)[ -](?:time|running time|time complexity|complexity)\b",
    re.IGNORECASE,
)
_NAME = r"(?P<{0}>[a-z][\w-]*(?: [a-z][\w-]*){{0,3}}?)"
_NEEDS = re.compile(
    rf"^(?:to understand |understanding )?(?:an? |the )?{_NAME.format('later')} (?:needs?|requires?|builds? on"
    rf"|rests? on"
    rf"|depends? on) (?:an? |the |knowledge of |understanding of )*{_NAME.format('earlier')}\.?$",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"^before (?:learning |studying |using )?(?:an? |the )?{_NAME.format('later')},? (?:you|one) (?:should"
    rf"|must|need to"
    rf"|have to|has to) (?:know|learn|understand|study) (?:an? |the |about )*{_NAME.format('earlier')}(?:"
    rf" first)?\.?$",
    re.IGNORECASE,
)
_KIND = re.compile(
    rf"^(?:an? |the )?{_NAME.format('part')} (?:is|are) (?:an? )?(?:special )?(?P<how>kind|part|type|form|sort) of"
    rf" (?:an? |the )?{_NAME.format('whole')}\.?$",
    re.IGNORECASE,
)
_MEANS = re.compile(
    r"^(?:an? |the )?(?P<concept>[a-z][\w-]*(?: [a-z][\w-]*){0,2}?) (?:means|is defined as|refers to)"
    r" (?P<text>[^;]+)$",
    re.IGNORECASE,
)
_OF_PROGRAM = re.compile(
    rf"{CODE}|^(?:the|it|that|there|which)\b|\b(?:your|you|this|program|code|error|problem|issue|task|test|tests)\b",
    re.IGNORECASE,
)
_VALUE = re.compile(
    rf"\bafter (?:line (?P<line>\d+)|the loop)[^,;]{{0,25}}?,? (?:the (?:variable|value of) )?(?P<name>{CODE}"
    rf"|[a-z_]\w*)"
    rf" (?:is|has the value|equals|holds|will be) (?P<value>{VALUE})",
    re.IGNORECASE,
)


def learning(reading: Reading) -> Iterator[Found]:
    """Claims about the learner's past, about time, and about concepts in general."""
    yield from _past(reading)
    for match in _TIME.finditer(reading.text):
        words = re.sub(CODE, lambda sign: reading.code(sign.group()), match["order"]).strip()
        for pattern, order in _ORDERS:
            if re.fullmatch(pattern, words, re.IGNORECASE) and reading.asserts(match.start()):
                yield Found(ComplexityClaim(order=order), *match.span())
                break
    about = re.sub(r"^before .*? (?:you|one) ", "", reading.text, flags=re.IGNORECASE)
    if _OF_PROGRAM.search(about):
        return
    yield from _relations(reading)


def values(reading: Reading) -> Iterator[Found]:
    """What a variable is said to hold after a numbered line."""
    for match in _VALUE.finditer(reading.text):
        sign, value = match["name"], reading.value(match["value"])
        name = reading.code(sign) if re.fullmatch(CODE, sign) else sign
        line = match["line"]
        if (
            line
            and value is not None
            and re.fullmatch(r"[A-Za-z_]\w*(?:\.\w+)?", name)
            and reading.asserts(match.start())
        ):
            yield Found(VariableValueClaim(variable=name, value=value, line=int(line)), *match.span())


def _past(reading: Reading) -> Iterator[Found]:
    for match in _MISTAKE.finditer(reading.text):
        if not _AGAIN.search(reading.text) or not reading.asserts(match.start()):
            continue
        subject = "misconception" if match["what"].lower() in ("mistake", "misconception", "problem") else "error"
        yield Found(HistoryClaim(subject=subject, seen=not match["no"]), *match.span())
    for match in _TASK.finditer(reading.text):
        if reading.asserts(match.start()):
            yield Found(HistoryClaim(subject="task", seen=not match["no"]), *match.span())


def _relations(reading: Reading) -> Iterator[Found]:
    text = reading.text
    match = _NEEDS.search(text) or _BEFORE.search(text)
    if match:
        claim = ConceptRelationClaim(
            source=match["earlier"].lower(), relation="prerequisite", target=match["later"].lower()
        )
        yield Found(claim, *match.span())
        return
    match = _KIND.search(text)
    if match:
        claim = ConceptRelationClaim(
            source=match["part"].lower(), relation="hierarchical", target=match["whole"].lower()
        )
        yield Found(claim, *match.span())
        return
    match = _MEANS.search(text)
    if match:
        yield Found(ConceptDefinitionClaim(concept=match["concept"].lower(), text=text), *match.span())

"""Which exception the program raises, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import ExceptionClaim
from gradatim.tools.claims.code import evaluable_call
from gradatim.tools.claims.extraction.reading import CODE, EXCEPTION, Found, Reading

_ADVERB = r"(?:(?:actually|currently|now|still|always|also|only|immediately|will|then)\s+)*"
_RAISES = r"(?:raises|raised|throws|threw|causes|caused|triggers|triggered|produces|gives|gave|hits|runs\s+into|ran\s+into|(?:crash|end|stop|fail|terminat|abort)(?:es|s|ed|ped)\s+with|leads\s+to|results\s+in)"
_OWNER = (
    r"(?:(?:your|the|this|that|our)\s+(?:\w+\s+){0,2}?(?:program|code|function|loop|line|call|script|method|submission|solution|tests?|run|statement|expression|"
    rf"recursion|condition|index|access|execution)|it|tests?\s+t\d+|lines?\s+\d+|which|that|this|{CODE})"
)
_SUBJECT = re.compile(
    rf"(?<!\w){_OWNER}(?:\s*(?:on|in|at|of|\(|,)?\s*(?:line\s+\d+|{CODE})\s*[),]?)*\s+{_ADVERB}{_RAISES}\s+(?:you\s+)?(?:an?\s+|the\s+)?({EXCEPTION})",
    re.I,
)
_GET = re.compile(rf"\b(?:you|we)\s+{_ADVERB}(?:get|got|see|receive)\s+(?:an?\s+|the\s+)?({EXCEPTION})", re.I)
_PASSIVE = re.compile(
    rf"(?:\b(?:an?|the|this)\s+)?({EXCEPTION})\s+(?:exception\s+|error\s+)?(?:is|was|gets|got)\s+(?:raised|thrown|triggered|caused)\b",
    re.I,
)
_HAPPENS = re.compile(
    rf"(?:\b(?:an?|the|this)\s+)?({EXCEPTION})\s+(?:exception\s+|error\s+)?(?:occurs|occurred|happens|happened|appears|comes|shows\s+up)\b",
    re.I,
)
_NAMED = re.compile(
    rf"\b(?:the|your|this)\s+(?:error|exception|problem)(?:\s+type|\s+message)?\s+(?:is|was|says)\s+(?:an?\s+|the\s+)?({EXCEPTION})|\b(?:this|it)\s+is\s+an?\s+({EXCEPTION})",
    re.I,
)
_SUBJECT_OF = re.compile(
    rf"^(?:the|this|your)\s+({EXCEPTION})\s+(?:exception\s+|error\s+)?(?=(?:on|in|at|is|was|means|tells|shows|says|points|that\s+you|you)\b)",
    re.I,
)
_HEAD = re.compile(rf"(?:^|[:;] )(?:an?\s+|the\s+)?({EXCEPTION})\s*(?::|(?=(?:on|in|at)\s+line))", re.I)
_TAIL = re.compile(rf"\bwith\s+(?:an?\s+|the\s+)?({EXCEPTION})(?=\s*[.,;:(]|\s+(?:on|in|at|because)\b|\s*$)", re.I)
_GENERAL = re.compile(r"\b(?:when|whenever|if|unless|would|could|might)\b", re.I)
_HERE = re.compile(
    r"\s*(?:exception|error)?\s*[(,]?\s*(?:on|in|at|from|of)?\s*line\s+(\d{1,5})\b\)?(?!\s*(?:and|or|to|-|,)\s*\d)",
    re.I,
)
_FRONT = re.compile(r"\b(?:on|in|at)?\s*line\s+(\d{1,5})\b", re.I)


def exceptions(reading: Reading) -> Iterator[Found]:
    """Claims that the program raises an exception."""
    text = reading.text
    seen: set[int] = set()
    # a program can be the subject of a general condition ("when the list is empty"); Python or "an IndexError" cannot
    for pattern, particular in (
        (_SUBJECT, True), (_GET, False), (_PASSIVE, False), (_HAPPENS, False), (_NAMED, True), (_SUBJECT_OF, True), (_HEAD, True), (_TAIL, False),
    ):  # fmt: skip
        for match in pattern.finditer(text):
            group = next(number for number, name in enumerate(match.groups(), 1) if name)
            name = match.start(group)
            if name in seen or not re.match(r"[A-Z]", match[group]) or not reading.asserts(name):
                continue
            clause = reading.clause(name)
            front = text[match.start() : name]
            here = _HERE.match(text, match.end())
            if (
                (not particular or re.match(CODE, front))
                and not here
                and _GENERAL.search(text, clause.start, clause.end)
            ):
                continue
            if _is_call_of(reading, front):
                continue
            seen.add(name)
            line = here or _front_line(text, clause.start, name, front)
            end = here.end() if here else match.end()
            start = min(match.start(), line.start()) if line and not here else match.start()
            yield Found(ExceptionClaim(exception=match[group], line=int(line[1]) or None if line else None), start, end)


def _front_line(text: str, start: int, end: int, front: str) -> re.Match[str] | None:
    """The line named before: "on line 4 the program raises", "line 4 raises"."""
    del front
    lines = list(_FRONT.finditer(text, start, end))
    several = re.search(r"\blines\b|\bline\s+\d+\s*(?:and|or|,|to|-)\s*\d", text[start:end], re.I)
    return lines[0] if len(lines) == 1 and not several else None


def _is_call_of(reading: Reading, front: str) -> bool:
    """Whether the subject is a call that can be evaluated: what it raises is a claim about its result."""
    sign = re.search(rf"(?:^|\b(?:call|test\s+t\d+)\s*[(,]?\s*)({CODE})", front)
    return bool(sign) and evaluable_call(reading.code(sign[1]), reading.program, known=False) if sign else False

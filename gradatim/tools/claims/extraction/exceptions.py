"""Which exception the program raises, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import ExceptionClaim
from gradatim.tools.claims.code import evaluable_call
from gradatim.tools.claims.extraction.reading import CODE, EXCEPTION, Found, Reading

_ADVERB = r"(?:(?:actually|currently|now|still|always|also|only|immediately|will|then) )*"
_RAISES = (
    r"(?:raises|raised|throws|threw|causes|caused|triggers|triggered|produces|gives|gave|hits|runs into"
    r"|ran into|(?:crash|end|stop|fail|terminat|abort)(?:es|s|ed|ped) with|leads to|results in)"
)
_OWNER = (
    r"(?:(?:your|the|this|that|our) (?:\w+ ){0,2}?(?:program|code|function|loop|line|call|script|method"
    r"|submission|solution|tests?|run|statement|expression|"
    rf"recursion|condition|index|access|execution)|it|tests? t\d+|lines? \d+|which|that|this|{CODE})"
)
_SUBJECT = re.compile(
    rf"(?<!\w){_OWNER}(?: ?(?:on|in|at|of|\(|,)? ?(?:line \d+"
    rf"|{CODE}) ?[),]?){{0,3}} {_ADVERB}{_RAISES} (?:you )?(?:an? |the )?({EXCEPTION})",
    re.I,
)
_GET = re.compile(rf"\b(?:you|we) {_ADVERB}(?:get|got|see|receive) (?:an? |the )?({EXCEPTION})", re.I)
_PASSIVE = re.compile(
    rf"(?:\b(?:an?|the|this) )?({EXCEPTION}) (?:exception |error )?(?:is|was|gets|got) (?:raised|thrown"
    rf"|triggered|caused)\b",
    re.I,
)
_HAPPENS = re.compile(
    rf"(?:\b(?:an?|the|this) )?({EXCEPTION}) (?:exception |error )?(?:occurs|occurred|happens|happened"
    rf"|appears|comes|shows up)\b",
    re.I,
)
_NAMED = re.compile(
    rf"\b(?:the|your|this) (?:error|exception|problem)(?: type| message)? (?:is|was|says) (?:an? "
    rf"|the )?({EXCEPTION})|\b(?:this|it) is an? ({EXCEPTION})",
    re.I,
)
_SUBJECT_OF = re.compile(
    rf"^(?:the|this|your) ({EXCEPTION}) (?:exception |error )?(?=(?:on|in|at|is|was|means|tells|shows|says"
    rf"|points|that you|you)\b)",
    re.I,
)
_HEAD = re.compile(rf"(?:^|[:;] )(?:an? |the )?({EXCEPTION}) ?(?::|(?=(?:on|in|at) line))", re.I)
_THERE = re.compile(
    rf"\b(?:there is|there's|there was|(?:program|code|function|submission) (?:has|contains)) an? ({EXCEPTION})", re.I
)
_TAIL = re.compile(rf"\bwith (?:an? |the )?({EXCEPTION})(?= ?[.,;:(]| (?:on|in|at|because)\b| ?$)", re.I)
_PARTICULAR = re.compile(rf"{CODE}|\blines? \d|\byour\b", re.I)
_GENERAL = re.compile(r"\b(?:when|whenever|if|unless|would|could|might)\b", re.I)
_HERE = re.compile(
    r" ?(?:exception|error)? ?[(,]? ?(?:on|in|at|from|of)? ?line (\d{1,5})\b\)?(?! ?(?:and|or|to|-|,) ?\d)",
    re.I,
)
_FRONT = re.compile(r"\b(?:on|in|at)? ?line (\d{1,5})\b", re.I)

# "your program raises it when the list is empty" is about this program, "it occurs when a list is empty" is not
_PATTERNS = (
    (_SUBJECT, True),
    (_GET, False),
    (_PASSIVE, False),
    (_HAPPENS, False),
    (_NAMED, True),
    (_SUBJECT_OF, True),
    (_HEAD, True),
    (_THERE, False),
    (_TAIL, False),
)


def exceptions(reading: Reading) -> Iterator[Found]:
    """Claims that the program raises an exception."""
    text = reading.text
    seen: set[int] = set()
    for pattern, particular in _PATTERNS:
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
            if re.match(r"(?:which|that|this) ", front, re.I) and not _PARTICULAR.search(text):
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
    several = re.search(r"\blines\b|\bline \d+ ?(?:and|or|,|to|-) ?\d", text[start:end], re.I)
    return lines[0] if len(lines) == 1 and not several else None


def _is_call_of(reading: Reading, front: str) -> bool:
    """Whether the subject is a call that can be evaluated: what it raises is a claim about its result."""
    sign = re.search(rf"(?:^|\b(?:call|test t\d+) ?[(,]? ?)({CODE})", front)
    return bool(sign) and evaluable_call(reading.code(sign[1]), reading.program, known=False) if sign else False

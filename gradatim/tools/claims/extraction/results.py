"""What a call gives, and what it has to give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gradatim.domain import CallResultClaim, ExceptionClaim, ExpectedResultClaim
from gradatim.tools.claims.code import evaluable_call
from gradatim.tools.claims.extraction.clauses import supposes
from gradatim.tools.claims.extraction.reading import CODE, EXCEPTION, VALUE, Found, Reading

_ADVERB = r"(?:(?:actually|currently|now|only|still|just|also|even|really|instead|always|will|wrongly|incorrectly|mistakenly|correctly|rightly)\s+)*"
_KIND = r"(?:number|integer|value|result|list|string|text|boolean|bool|answer|float|tuple|dictionary|dict|set|output)"
_ARTICLE = rf"(?:(?:a|an|the)\s+(?:(?:wrong|incorrect|correct|right|actual|expected|final)\s+)?(?:{_KIND}\s+)?(?:of\s+)?|{_KIND}\s+)?"
_OWNER = r"(?:your|the|this|our)\s+(?:own\s+)?(?:current\s+)?(?:program|code|function|version|solution|implementation|method|call|program's result|submission|loop)"
_RESULT = r"(?:the|your|its)\s+(?:actual\s+|current\s+|real\s+)?(?:result|value|output|answer)"
_WANTED = r"(?:the|its)\s+(?:expected|correct|right|required|wanted)\s+(?:result|value|output|answer|return\s+value)"
_SUBJECT = rf"(?:it|this|that|which|you|we|python|{_OWNER}|{_RESULT}|the\s+test|the\s+task|the\s+tests)"
_GIVES = (
    r"(?:returns?|returned|gives?|gave|yields?|yielded|produces?|produced|evaluates?\s+to|evaluated\s+to|results?\s+in|resulted\s+in|got|gets?|"
    r"returning|giving|comes\s+out\s+as|is\s+(?:actually|currently|now))"
)
_NEEDS = (
    r"(?:(?:should|must|ought\s+to|needs?\s+to|ha(?:s|ve)\s+to|(?:is|was)\s+(?:expected|supposed|meant|required)\s+to)\s+"
    r"(?:actually\s+|really\s+|instead\s+|have\s+)?(?:be|been|equal|give|given|return|returned|produce|produced|yield|evaluate\s+to|result\s+in))"
)
_STOP = r"(?=\s*(?:$|[.,;:!?)(]|\s-\s|-\s)|\s+(?:instead|rather|but|not|and(?!\s+(?:-?\d|[\ue100-\uf0ff]\s*[.,]))|because|since|as|so|when|where|while|whereas|although|though|even|here|for|which|on|at|in|now|however|yet|due|therefore|although|is\s+expected|was\s+expected|with)\b)"
_LINK = r"[\s,;:()-]*(?:(?:and|but|yet|however|although|though|while|whereas|where|when|so|even\s+though)\b[\s,]*)?(?:instead|actually|in\s+fact|in\s+reality)?[\s,]*"

_STEPS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("expected", rf"{_LINK}(?:{_SUBJECT}\s+)?{_NEEDS}\s+{_ARTICLE}({VALUE}){_STOP}"),
        ("expected", rf"{_LINK}(?:{_WANTED}\s+(?:is|was|should\s+be|would\s+be)\s+)({VALUE}){_STOP}"),
        ("expected", rf"{_LINK}(?:(?:(?:the\s+)?(?:tests?|task)\s+)?(?:expects?|wants|expected|requires|needs)\s+(?:it\s+to\s+(?:be|return|give)\s+)?){_ARTICLE}({VALUE}){_STOP}"),
        ("expected", rf"{_LINK}({VALUE})\s+(?:is|was)\s+(?:expected|required|wanted|needed)\b"),
        ("expected", rf"[\s,(]*(?:instead\s+of|rather\s+than)\s+(?:the\s+(?:expected|correct|right)\s+)?(?:{_KIND}\s+)?({VALUE}){_STOP}"),
        ("given", rf"{_LINK}(?:{_SUBJECT}\s+)?{_ADVERB}{_GIVES}\s+(?:back\s+)?{_ADVERB}{_ARTICLE}({VALUE}){_STOP}(?:[\s,]*as\s+expected\b)?"),
        ("given", rf"{_LINK}{_RESULT}\s+(?:is|was)\s+{_ADVERB}({VALUE}){_STOP}"),
        ("copula", rf"{_LINK}(?:got|was|is|it\s+is|it\s+was)\s+({VALUE}){_STOP}"),
        ("raised", rf"{_LINK}(?:{_SUBJECT}\s+)?{_ADVERB}(?:raises?|raised|throws?|threw|causes?|caused|triggers?|(?:crash|end|stop|fail)(?:es|s|ed|ped)?\s+with|results?\s+in|leads?\s+to|gives?|produces?)\s+(?:an?\s+|the\s+)?({EXCEPTION})"),
        ("needed-error", rf"{_LINK}(?:{_SUBJECT}\s+)?(?:should|must|has\s+to|is\s+expected\s+to)\s+raise\s+(?:an?\s+|the\s+)?({EXCEPTION})"),
        ("other", rf"[\s,]*not\s+({VALUE}){_STOP}"),
    )
)  # fmt: skip
_BACKWARDS = re.compile(
    rf"(?:{_SUBJECT}\s+)?{_ADVERB}{_GIVES}\s+{_ARTICLE}({VALUE})\s+(?:(?:instead\s+of|rather\s+than)\s+(?:the\s+expected\s+)?({VALUE})\s+)?"
    rf"(?:for|with|on|when\s+(?:you|we)\s+(?:call|run)|when\s+calling|if\s+(?:you|we)\s+call)\s+(?:the\s+call\s+)?({CODE})",
    re.IGNORECASE,
)
_EXPECTED_OF = re.compile(
    rf"{_WANTED}\s+(?:of|for)\s+(?:the\s+call\s+)?({CODE})\s+(?:is|was|should\s+be|would\s+be)\s+({VALUE}){_STOP}",
    re.IGNORECASE,
)
_RESULT_OF = re.compile(
    rf"{_RESULT}\s+(?:of|for)\s+(?:the\s+call\s+)?({CODE})\s+(?:is|was)\s+{_ADVERB}({VALUE}){_STOP}", re.IGNORECASE
)
_EXPECTS = re.compile(
    rf"(?:(?:the\s+)?(?:tests?|task)(?:\s+t\d+)?\s+(?:expects?|wants?|requires?|needs)|expected)\s+(?:the\s+call\s+)?({CODE})\s+to\s+(?:be|return|give|equal|produce|evaluate\s+to)\s+({VALUE}){_STOP}",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:(?:\b(?:when|if)\s+(?:you|we|i|it|one)\s+(?:call|run|try|evaluate|execute|calls)|\bwhen\s+(?:calling|called\s+as|called\s+with|running)|"
    r"\b(?:calling|running|evaluating|trying|for|with|on|in|case|input|example|call|test\s+t\d+|test)|\bthe)\s*(?:the\s+)?(?:call|test|example|input|expression)?\s*(?:t\d+\s*)?[(:,]*\s*)+$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"[\s,]*(?:\()?(?:instead\s+of|rather\s+than|but\s+(?:it\s+)?(?:should|must|expected)|expected)", re.IGNORECASE
)
_AS_NEEDED = re.compile(
    r"\b(?:correctly|rightly|correct|right)\b(?!\s+(?:result|value)\s+(?:is|was))|as\s+expected", re.IGNORECASE
)
_AT_LINE = re.compile(r"\s*[(,]?\s*(?:(?:on|in|at)\s+)?line\s+(\d{1,5})\b\)?", re.IGNORECASE)
_HARMLESS = re.compile(
    rf"\b(?:when|if)\s+(?:you|we|one)\s+(?:call|run|try|evaluate|execute)\s+(?:the\s+call\s+)?(?={CODE})", re.IGNORECASE
)


def results(reading: Reading) -> Iterator[Found]:
    """Claims about results of calls."""
    named = list(_named(reading))
    yield from named
    for match in re.finditer(CODE, reading.text):
        if not any(item.start <= match.start() < item.end for item in named):
            yield from _after(reading, match)


def _named(reading: Reading) -> Iterator[Found]:
    """Patterns that do not begin with the call."""
    text = reading.text
    for pattern in (_EXPECTED_OF, _EXPECTS):
        for match in pattern.finditer(text):
            value = reading.value(match[2])
            if value is not None and _is_call(reading, match[1], known=False) and _states(reading, match.start()):
                yield Found(ExpectedResultClaim(call=reading.code(match[1]), result=value), *match.span())
    for match in _RESULT_OF.finditer(text):
        value = reading.value(match[2])
        if value is not None and _is_call(reading, match[1]) and _states(reading, match.start()):
            yield Found(CallResultClaim(call=reading.code(match[1]), result=value), *match.span())
    for match in _BACKWARDS.finditer(text):
        value, wanted = reading.value(match[1]), reading.value(match[2]) if match[2] else None
        if value is None or not _is_call(reading, match[3]) or not _states(reading, match.start()):
            continue
        yield Found(CallResultClaim(call=reading.code(match[3]), result=value), *match.span())
        if wanted is not None:
            yield Found(ExpectedResultClaim(call=reading.code(match[3]), result=wanted), *match.span())
        yield from _chain(reading, reading.code(match[3]), match.end(), match.end())


def _after(reading: Reading, match: re.Match[str]) -> Iterator[Found]:
    """What is said behind a call."""
    if not _is_call(reading, match.group(), known=False) or not _states(reading, match.start()):
        return
    before = _BEFORE.search(reading.text, 0, match.start())
    yield from _chain(reading, reading.code(match.group()), before.start() if before else match.start(), match.end())


def _chain(reading: Reading, call: str, start: int, position: int) -> Iterator[Found]:
    """Statements about one call, one behind the other: `f(1)` should be 2, but it returns 3."""
    known = evaluable_call(call, reading.program)
    first = True
    while True:
        for kind, pattern in _STEPS:
            match = pattern.match(reading.text, position)
            if match is None or (kind == "copula" and first and not _CONTRAST.match(reading.text, match.end())):
                continue
            result = match[1] if kind in ("raised", "needed-error") else reading.value(match[1])
            if result is None or (kind in ("given", "copula") and not known):
                continue
            break
        else:
            return
        if kind in ("expected", "needed-error") or _AS_NEEDED.search(match.group()):
            yield Found(ExpectedResultClaim(call=call, result=result), start, match.end())
        if kind in ("given", "copula", "raised"):
            yield Found(CallResultClaim(call=call, result=result), start, match.end())
            where = _AT_LINE.match(reading.text, match.end()) if kind == "raised" else None
            if where and int(where[1]):
                yield Found(ExceptionClaim(exception=result, line=int(where[1])), match.start(1), where.end())
        elif kind == "other":
            yield Found(None, start, match.end())
        start, position, first = min(start, match.start()), match.end(), False


def _is_call(reading: Reading, sign: str, *, known: bool = True) -> bool:
    return evaluable_call(reading.code(sign), reading.program, known=known)


def _states(reading: Reading, position: int) -> bool:
    """Whether the clause states facts of the present program; "when you call it" supposes nothing."""
    clause = reading.clause(position)
    if clause.doubtful and clause.mood != "asks":
        part, harmless = _HARMLESS.subn("", reading.text[clause.start : clause.end])
        if not harmless or supposes(part):
            return False
        clause = replace(clause, mood="states", doubtful=False)
    return clause.asserts(reading.text, position)

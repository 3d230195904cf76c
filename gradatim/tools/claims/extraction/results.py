"""What a call gives, and what it has to give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gradatim.domain import CallResultClaim, ExceptionClaim, ExpectedResultClaim
from gradatim.tools.claims.code import evaluable_call
from gradatim.tools.claims.extraction.clauses import supposes
from gradatim.tools.claims.extraction.reading import CODE, EXCEPTION, VALUE, Found, Reading

_ADVERB = (
    r"(?:(?:actually|currently|now|only|still|just|also|even|really|instead|always|will|wrongly|incorrectly"
    r"|mistakenly|correctly|rightly) )*"
)
_KIND = r"(?:number|integer|value|result|list|string|text|boolean|bool|answer|float|tuple|dictionary|dict|set|output)"
_ARTICLE = (
    rf"(?:(?:a|an|the) (?:(?:wrong|incorrect|correct|right|actual|expected|final) )?(?:{_KIND} )?(?:of )?"
    rf"|{_KIND} )?"
)
_OWNER = (
    r"(?:your|the|this|our) (?:own )?(?:current )?(?:program|code|function|version|solution|implementation"
    r"|method|call|program's result|submission|loop)"
)
_RESULT = r"(?:the|your|its) (?:actual |current |real )?(?:result|value|output|answer)"
_WANTED = r"(?:the|its) (?:expected|correct|right|required|wanted) (?:result|value|output|answer|return value)"
_SUBJECT = rf"(?:it|this|that|which|you|we|python|{_OWNER}|{_RESULT}|the test|the task|the tests)"
_GIVES = (
    r"(?:returns?|returned|gives?|gave|yields?|yielded|produces?|produced|evaluates? to|evaluated to"
    r"|results? in|resulted in|got|gets?|"
    r"returning|giving|comes out as|is (?:actually|currently|now))"
)
_NEEDS = (
    r"(?:(?:should|must|ought to|needs? to|ha(?:s|ve) to|(?:is|was) (?:expected|supposed|meant|required) to) "
    r"(?:actually |really |instead |have )?(?:be|been|equal|give|given|return|returned|produce|produced|yield"
    r"|evaluate to|result in))"
)
_STOP = (
    r"(?= ?(?:$|[.,;:!?)(]|\s-\s|-\s)| (?:instead|rather|but|not|and(?! (?:-?\d|[\ue100-\uf0ff] ?[.,]))"
    r"|because|since|as|so|when|where|while|whereas|although|though|even|here|for|which|on|at|in|now|however"
    r"|yet|due|therefore|although|is expected|was expected|with)\b)"
)
_LINK = (
    r"[\s,;:()-]*(?:(?:fails?|failed|is wrong|does not pass)\b[\s,:;]*(?:because|since|as)?[\s,]*)?(?:(?:and"
    r"|but|yet|however|although|though|while|whereas|where|when|so|even though)\b[\s,]*)?(?:instead|actually"
    r"|in fact|in reality)?[\s,]*"
)

_STEPS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("expected", rf"{_LINK}(?:{_SUBJECT} )?{_NEEDS} {_ARTICLE}({VALUE}){_STOP}"),
        ("expected", rf"{_LINK}(?:{_WANTED} (?:is|was|should be|would be) )({VALUE}){_STOP}"),
        ("expected", rf"{_LINK}(?:(?:(?:the )?(?:tests?|task) )?(?:expects?|wants|expected|requires|needs) (?:it to "
        rf"(?:be|return|give) )?){_ARTICLE}({VALUE}){_STOP}"),
        ("expected", rf"{_LINK}({VALUE}) (?:is|was) (?:expected|required|wanted|needed)\b"),
        ("expected", rf"[\s,(]*(?:instead of|rather than) (?:the (?:expected|correct|right) )?(?:{_KIND} )?"
        rf"({VALUE}){_STOP}"),
        ("given", rf"{_LINK}(?:{_SUBJECT} )?{_ADVERB}{_GIVES} (?:back )?{_ADVERB}{_ARTICLE}({VALUE}){_STOP}(?:[\s,]*as "
        rf"expected\b)?"),
        ("given", rf"[\s,:]*-> ?({VALUE}){_STOP}"),
        ("given", rf"{_LINK}{_RESULT} (?:is|was) {_ADVERB}({VALUE}){_STOP}"),
        ("copula", rf"{_LINK}(?:got|was|is|it is|it was) ({VALUE}){_STOP}"),
        ("raised", rf"{_LINK}(?:{_SUBJECT} )?{_ADVERB}(?:raises?|raised|throws?|threw|causes?|caused|triggers?|"
        rf"(?:crash|end|stop|fail)(?:es|s|ed|ped)? with|results? in|leads? to|gives?|produces?) (?:an? |the )?"
        rf"({EXCEPTION})"),
        ("needed-error", rf"{_LINK}(?:{_SUBJECT} )?(?:should|must|has to|is expected to) raise "
        rf"(?:an? |the )?({EXCEPTION})"),
        ("other", rf"[\s,]*not ({VALUE}){_STOP}"),
    )
)  # fmt: skip
_BACKWARDS = re.compile(
    rf"(?:{_SUBJECT} )?{_ADVERB}{_GIVES} {_ARTICLE}({VALUE}) (?:(?:instead of"
    rf"|rather than) (?:the expected )?({VALUE}) )?"
    rf"(?:for|with|on|when (?:you|we) (?:call|run)|when calling|if (?:you|we) call|when) (?:the )?(?:call "
    rf"|input |test )?({CODE})(?: is (?:called|run|evaluated|executed))?",
    re.IGNORECASE,
)
_NEEDS_BACKWARDS = re.compile(
    rf"(?:{_SUBJECT} )?{_NEEDS} {_ARTICLE}({VALUE}) (?:for|with|when (?:you|we) call"
    rf"|when calling) (?:the )?(?:call |input |test )?({CODE})",
    re.IGNORECASE,
)
_EXPECTED_GOT_FOR = re.compile(
    rf"expected {_ARTICLE}({VALUE}),? (?:but |and )?(?:it )?(?:got|gave|returned|received"
    rf"|was) {_ARTICLE}({VALUE}) (?:for|from|with|on) (?:the )?(?:call |input |test )?({CODE})",
    re.IGNORECASE,
)
_EXPECTED_OF = re.compile(
    rf"{_WANTED} (?:of|for) (?:the call )?({CODE}) (?:is|was|should be|would be) ({VALUE}){_STOP}",
    re.IGNORECASE,
)
_RESULT_OF = re.compile(
    rf"{_RESULT} (?:of|for) (?:the call )?({CODE}) (?:is|was) {_ADVERB}({VALUE}){_STOP}", re.IGNORECASE
)
_EXPECTS = re.compile(
    rf"(?:(?:the )?(?:tests?|task)(?: t\d+)? (?:expects?|wants?|requires?|needs)"
    rf"|expected) (?:the call )?({CODE}) to (?:be|return|give|equal|produce|evaluate to) ({VALUE}){_STOP}",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?:(?:\b(?:when|if) (?:you|we|i|it|one) (?:call|run|try|evaluate|execute|calls)|\bwhen (?:calling"
    r"|called as|called with|running)|"
    r"\b(?:calling|running|evaluating|trying|for|with|on|in|case|input|example|call|test t\d+|test)"
    r"|\bthe) ?(?:the )?(?:call|test|example|input|expression)? ?(?:t\d+ ?)?[(:,]{0,2} ?){1,4}$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"[\s,]*(?:\()?(?:instead of|rather than|but (?:it )?(?:should|must|expected)|expected)", re.IGNORECASE
)
_AS_NEEDED = re.compile(
    r"\b(?:correctly|rightly|correct|right)\b(?! (?:result|value) (?:is|was))|as expected", re.IGNORECASE
)
_AT_LINE = re.compile(r" ?[(,]? ?(?:(?:on|in|at) )?line (\d{1,5})\b\)?", re.IGNORECASE)
_HARMLESS = re.compile(
    rf"\b(?:when|if) (?:you|we|one) (?:call|run|try|evaluate|execute) (?:the call )?(?={CODE})", re.IGNORECASE
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
    for match in _EXPECTED_GOT_FOR.finditer(text):
        value, wanted = reading.value(match[2]), reading.value(match[1])
        if value is not None and wanted is not None and _is_call(reading, match[3]) and _states(reading, match.start()):
            yield Found(ExpectedResultClaim(call=reading.code(match[3]), result=wanted), *match.span())
            yield Found(CallResultClaim(call=reading.code(match[3]), result=value), *match.span())
    for match in _NEEDS_BACKWARDS.finditer(text):
        value = reading.value(match[1])
        if value is not None and _is_call(reading, match[2], known=False) and _states(reading, match.start()):
            yield Found(ExpectedResultClaim(call=reading.code(match[2]), result=value), *match.span())
            yield from _chain(reading, reading.code(match[2]), match.end(), match.end())
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

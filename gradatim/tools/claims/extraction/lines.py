"""Which line holds what, and which names the program uses."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from gradatim.domain import LineQuoteClaim
from gradatim.tools.claims.code import BUILTINS, parse
from gradatim.tools.claims.extraction.clauses import Clause
from gradatim.tools.claims.extraction.reading import CODE, Found, Reading

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_CARDINALS = "one two three four five six seven eight nine ten eleven twelve".split()
_ELSEWHERE = (
    r"(?!\s+of\s+(?:the\s+|your\s+|this\s+|its\s+)?(?:\w+\s+)?(?:output|input|file|text|task|statement|message|traceback|result|string|poem|loop|function|body|block|table|expected)\b"
    r"|\s+(?:that\s+is\s+|it\s+)?(?:printed|of\s+stars)\b)"
)
_LINES = re.compile(
    rf"\blines?\s+(?:number\s+|no\.\s*|#)?(\d{{1,5}}|{'|'.join(_CARDINALS)})\b((?:\s*(?:,\s*and|,|and|or|&|to|through|-)\s*(?:line\s+)?\d{{1,5}}(?![\d.]*\s*(?:tests?|of|out|times)\b))*){_ELSEWHERE}",
    re.I,
)
_ORDINAL = re.compile(
    rf"\b(?:in|on|at|the|your|of)\s+(?:the\s+|your\s+)?({'|'.join(_ORDINALS)})\s+line\b{_ELSEWHERE}", re.I
)
_NEW = re.compile(
    r"\b(?:add|adds|added|adding|insert\w*|append\w*|new|put|puts|write|another|extra|missing|move[sd]?|moving)\b", re.I
)
_WHAT = r"(?:(?:the|a|an|your|this|that|its)\s+)?(?:\w+\s+)?(?:\w+\s+)?"
_ROUND = r"[\s(]*"
_THING = r"(?:the|your|this|a|an)\s+(?:\w+\s+){0,2}?(?:condition|expression|loop|statement|assignment|call|comparison|operator|code|line|header|range|index|value|return|check|test|variable|formula|slice)"
_HAS = (
    r"(?:reads?|says|is|has|contains|uses|used|calls|returns|starts\s+with|begins\s+with|with|where\s+(?:you|it)\s+(?:say|write|use|have|call)s?|assigns|compares|checks|sets|prints|computes|does|"
    r"you\s+(?:use|have|wrote|write|used|call|compare|check|set|assign|return|print|say|start\s+with|start|loop\s+over)|"
    r"(?:your|the)\s+(?:program|code|loop|function|condition)\s+(?:uses|has|says|calls|is|reads|checks|contains|compares|returns|sets)|it\s+(?:says|is|uses|reads|has|calls)|we\s+(?:have|see|find)|there\s+is|stands|you\s+see)"
)
_LINE_CODE = re.compile(
    rf"\bline\s+(\d{{1,5}})\b\s*(?:[:,(-]\s*)*(?:{_HAS}\s+(?:with\s+)?)?(?:{_THING}\s*[:(]?\s*|the\s+|an?\s+|your\s+)?({CODE})",
    re.I,
)
_ORDINAL_CODE = re.compile(
    rf"\b({'|'.join(_ORDINALS)})\s+line\b(?:\s+of\s+(?:your|the)\s+(?:program|code|submission))?\s*(?:[:,(-]\s*)*(?:{_HAS}\s+(?:with\s+)?)?(?:{_THING}\s*|the\s+|an?\s+|your\s+)?({CODE})",
    re.I,
)
_CODE_LINE = re.compile(
    rf"({CODE})\s*(?:\(|,)?\s*(?:statement\s+|loop\s+|call\s+|condition\s+)?(?:(?:is\s+|stands\s+)?(?:on|in|at|of|from)\s+)?(?:the\s+)?line\s+(\d{{1,5}})\b(?!\s*[:]?\s*{CODE})(?!\s*(?:and|or|to|-)\s*\d)",
    re.I,
)
_CODE_ORDINAL = re.compile(
    rf"({CODE})\s*,?\s*(?:on|in|at|of)\s+(?:the|your)\s+({'|'.join(_ORDINALS)})\s+line\b{_ELSEWHERE}", re.I
)
_NAMED = re.compile(
    rf"\b(?:(?:the|your|this)\s+(?:loop\s+)?(?:variable|parameter|counter|argument)|your\s+(?:list|function|loop\s+variable|accumulator))\s+(?:named\s+|called\s+)?({CODE})",
    re.I,
)
_USES = re.compile(
    rf"(?<!\w)(?:you\s+(?:use|used|wrote|write|have\s+written|have)|(?:your|the)\s+(?:program|code|function|loop|condition|submission|recursion)\s+(?:\w+ly\s+)?(?:uses|used|contains|has|reads|says))\s+"
    rf"(?:(?:the|an?|your)\s+)?(?:(?:condition|expression|loop|operator|call|comparison|statement|code|range|header)\s+)?({CODE})(?!\s*(?:as\s+an?\s+example|for\s+example))",
    re.I,
)
_BETWEEN = re.compile(
    r"\b(?:not|never|should|must|needs?|without|missing|lacks?|no longer|instead of|cannot|would|could|change[sd]?|replace[sd]?|fix\w*|becomes?)\b|n't\b",
    re.I,
)
_SHOWS = re.compile(
    r"\b(?:look|check|consider|think|trace|compare|review|change|changing|replace|replacing|remove|delete|move|examine|see|note|notice|observe|fix|from|instead\s+of|why|what|about|read|follow|in|on|at)\b",
    re.I,
)
_MAKES = re.compile(
    r"\b(?:use|using|write|writing|put|add|adding|set|insert|try|make|need|needs|want|type|include|have|be|to|with|by|return|print|initiali[sz]e|should)\b",
    re.I,
)


def lines(reading: Reading) -> Iterator[Found]:
    """Claims that a line, or any line, holds a piece of code; and that a named line is there."""
    text = reading.text
    quoted: set[int] = set()
    for pattern, line_group, code_group in (
        (_CODE_LINE, 2, 1),
        (_LINE_CODE, 1, 2),
        (_CODE_ORDINAL, 2, 1),
        (_ORDINAL_CODE, 1, 2),
    ):
        for match in pattern.finditer(text):
            number, code = _line(match[line_group]), reading.code(match[code_group])
            wordy = not match[line_group].isdecimal()
            if (
                number
                and number not in quoted
                and _holds(reading, match, match.start(code_group))
                and not (wordy and not _is_code(code))
            ):
                quoted.add(number)
                yield Found(LineQuoteClaim(line=number, text=code), *match.span())
    for pattern in (_LINES, _ORDINAL):
        for match in pattern.finditer(text):
            clause = reading.clause(match.start())
            if _NEW.search(text, clause.start, clause.end):
                continue
            for number in _numbers(match):
                if number not in quoted:
                    yield Found(LineQuoteClaim(line=number), *match.span())
    for pattern in (_NAMED, _USES):
        for match in pattern.finditer(text):
            code = reading.code(match[1])
            name = pattern is _NAMED
            fits = (
                code.isidentifier() and code not in BUILTINS and not keyword.iskeyword(code) if name else _is_code(code)
            )
            near = re.match(r"[\s(,]*(?:on|in|at)?\s*line\s+\d", text[match.end() :], re.I)
            if fits and not near and _holds(reading, match, match.start(1)):
                yield Found(LineQuoteClaim(text=code), *match.span())


def _holds(reading: Reading, match: re.Match[str], code: int) -> bool:
    """Whether a match speaks of code that is there, not of code that should be."""
    text = reading.text
    clause = reading.clause(code)
    if not reading.marked(text[code]) and not _is_code(reading.code(text[code])):
        return False
    if _BETWEEN.search(match.group()) or _proposed(text, match.end()):
        return False
    if clause.mood == "states":
        return clause.asserts(text, match.start())
    return clause.mood in ("advises", "asks") and _looked_at(text, clause, code)


def _proposed(text: str, end: int) -> bool:
    """Whether what follows turns the code into a proposal: "`x` on line 3 would be right"."""
    return bool(
        re.match(
            r"\s*(?:would|could|should\s+have\s+been|instead\b(?!\s+of)|is\s+(?:missing|needed|required))",
            text[end:],
            re.I,
        )
    )


def _looked_at(text: str, clause: Clause, code: int) -> bool:
    """In advice and questions: whether the verb before the code points at code that is there."""
    before = text[clause.start : code]
    if re.search(CODE, before):
        return False
    shows = max((match.start() for match in _SHOWS.finditer(before)), default=-1)
    makes = max((match.start() for match in _MAKES.finditer(before)), default=-1)
    verbs = [match.group().lower() for match in _SHOWS.finditer(before)]
    return shows > makes and any(verb not in ("in", "on", "at", "about") for verb in verbs)


def _is_code(text: str) -> bool:
    """Whether a quotation is Python and not a word or a value that was merely set in quotation marks."""
    body = f"{text}\n    pass" if text.endswith(":") else text
    prefix = (
        "if x:\n    pass\n"
        if text.startswith(("elif", "else"))
        else "try:\n    pass\n"
        if text.startswith("except")
        else ""
    )
    tree = parse(prefix + body)
    if tree is None or not tree.body:
        return bool(
            re.match(r"(?:for|while|if|elif|else|def|return|import|from|class|try|except|with)\b", text)
        ) or text in ("<", ">", "<=", ">=", "==", "!=", "=", "+=", "-=")
    return not text.isidentifier() or keyword.iskeyword(text)


def _line(word: str) -> int:
    if word.isdecimal():
        return int(word)
    return 1 + (_ORDINALS if word.lower() in _ORDINALS else _CARDINALS).index(word.lower())


def _numbers(match: re.Match[str]) -> list[int]:
    """The lines of "lines 2, 3 and 5"; of a span "2-5" its two ends."""
    more = [int(item) for item in re.findall(r"\d+", match[2])] if match.lastindex and match.lastindex > 1 else []
    return [number for number in dict.fromkeys([_line(match[1]), *more]) if number > 0]

"""Which line holds what, and which names the program uses."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from gradatim.domain import LineQuoteClaim
from gradatim.tools.claims.code import BUILTINS, is_literal, parse
from gradatim.tools.claims.extraction.clauses import Clause
from gradatim.tools.claims.extraction.reading import CODE, Found, Reading

_ORDINALS_TEXT = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = tuple(_ORDINALS_TEXT.split())
_CARDINALS_TEXT = "one two three four five six seven eight nine ten eleven twelve"
_CARDINALS = tuple(_CARDINALS_TEXT.split())
_ELSEWHERE = (
    r"(?! of (?:the |your |this |its )?(?:\w+ )?(?:output|input|file|text|task|statement|message|traceback"
    r"|result|string|poem|loop|function|body|block|table|expected)\b"
    r"| (?:that is |it )?(?:printed|of stars)\b)"
)
_LINES = re.compile(
    rf"\blines? (?:number |no\. ?|#)?(\d{{1,5}}|{'|'.join(_CARDINALS)})\b((?: ?(?:, ?and|,|and|or|&|to"
    rf"|through|-) ?(?:line )?\d{{1,5}}(?![\d.]* ?(?:tests?|of|out|times)\b))*){_ELSEWHERE}",
    re.I,
)
_ORDINAL = re.compile(rf"\b(?:in|on|at|the|your|of) (?:the |your )?({'|'.join(_ORDINALS)}) line\b{_ELSEWHERE}", re.I)
_NEW = re.compile(
    r"\b(?:add|adds|added|adding|insert\w*|append\w*|new|put|puts|write|another|extra|missing|move[sd]?|moving)\b", re.I
)
_WHAT = r"(?:(?:the|a|an|your|this|that|its) )?(?:\w+ )?(?:\w+ )?"
_ROUND = r"[\s(]*"
_THING = (
    r"(?:the|your|this|a|an) (?:\w+ ){0,2}?(?:condition|expression|loop|statement|assignment|call|comparison"
    r"|operator|code|line|header|range|index|value|return|check|test|variable|formula|slice)"
)
_HAS = (
    r"(?:reads?|says|is|has|contains|uses|used|calls|returns|starts with|begins with|with|where (?:you"
    r"|it) (?:say|write|use|have|call)s?|assigns|compares|checks|sets|prints|computes|does|"
    r"you (?:use|have|wrote|write|used|call|compare|check|set|assign|return|print|say|start with|start|loop over)|"
    r"(?:your|the) (?:program|code|loop|function|condition) (?:uses|has|says|calls|is|reads|checks|contains"
    r"|compares|returns|sets)|it (?:says|is|uses|reads|has|calls)|we (?:have|see|find)|there is|stands"
    r"|you see)"
)
_LINE_CODE = re.compile(
    rf"\bline (\d{{1,5}})\b ?(?:[:,(-] ?)*(?:{_HAS} (?:with )?)?(?:{_THING} ?[:(]? ?|the |an? |your )?({CODE})",
    re.I,
)
_ORDINAL_CODE = re.compile(
    rf"\b({'|'.join(_ORDINALS)}) line\b(?: of (?:your|the) (?:program|code"
    rf"|submission))? ?(?:[:,(-] ?)*(?:{_HAS} (?:with )?)?(?:{_THING} ?|the |an? |your )?({CODE})",
    re.I,
)
_CODE_LINE = re.compile(
    rf"({CODE}) ?(?:\(|,)? ?(?:statement |loop |call |condition )?(?:(?:is |stands )?(?:on|in|at|of"
    rf"|from) )?(?:the )?line (\d{{1,5}})\b(?! ?[:]? ?{CODE})(?! ?(?:and|or|to|-) ?\d)",
    re.I,
)
_CODE_ORDINAL = re.compile(
    rf"({CODE}) ?,? ?(?:on|in|at|of) (?:the|your) ({'|'.join(_ORDINALS)}) line\b{_ELSEWHERE}", re.I
)
_NAMED = re.compile(
    rf"\b(?:(?:the|your|this) (?:loop )?(?:variable|parameter|counter|argument)|your (?:list|function"
    rf"|loop variable|accumulator)) (?:named |called )?({CODE})",
    re.I,
)
_USES = re.compile(
    rf"(?<!\w)(?:you (?:use|used|wrote|write|have written|have)|(?:your|the) (?:program|code|function|loop"
    rf"|condition|submission|recursion) (?:\w+ly )?(?:uses|used|contains|has|reads|says)) "
    rf"(?:(?:the|an?|your) )?(?:(?:condition|expression|loop|operator|call|comparison|statement|code|range"
    rf"|header) )?({CODE})(?! ?(?:as an? example|for example))",
    re.I,
)
_BETWEEN = re.compile(
    r"\b(?:not|never|should|must|needs?|without|missing|lacks?|no longer|instead of|cannot|would|could"
    r"|change[sd]?|replace[sd]?|fix\w*|becomes?)\b|n't\b",
    re.I,
)
_SHOWS = re.compile(
    r"\b(?:look|check|consider|think|trace|compare|review|change|changing|replace|replacing|remove|delete"
    r"|move|examine|see|note|notice|observe|fix|from|instead of|why|what|about|read|follow|in|on|at)\b",
    re.I,
)
_MAKES = re.compile(
    r"\b(?:use|using|write|writing|put|add|adding|set|insert|try|make|need|needs|want|type|include|have|be|to"
    r"|with|by|return|print|initiali[sz]e|should)\b",
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
            near = re.match(r"[\s(,]*(?:on|in|at)? ?line \d", text[match.end() :], re.I)
            if fits and not near and _holds(reading, match, match.start(1)):
                yield Found(LineQuoteClaim(text=code), *match.span())


def _holds(reading: Reading, match: re.Match[str], code: int) -> bool:
    """Whether a match speaks of code that is there, not of code that should be."""
    text = reading.text
    clause = reading.clause(code)
    if not reading.marked(text[code]) and is_literal(reading.code(text[code])):
        return False  # a text in quotation marks is a message or a word, not a quotation of the program
    if _BETWEEN.search(match.group()) or _proposed(text, match.end()):
        return False
    if clause.mood == "states":
        return clause.asserts(text, match.start())
    return clause.mood in ("advises", "asks") and _looked_at(text, clause, code)


def _proposed(text: str, end: int) -> bool:
    """Whether what follows turns the code into a proposal: "`x` on line 3 would be right"."""
    return bool(
        re.match(
            r" ?(?:would|could|should have been|instead\b(?! of)|is (?:missing|needed|required))",
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

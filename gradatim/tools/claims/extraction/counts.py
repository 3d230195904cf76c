"""How many tests pass or fail, and which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from gradatim.domain import TestCountClaim, TestOutcomeClaim
from gradatim.tools.claims.extraction.reading import CODE, EXCEPTION, VALUE, Found, Reading

_WORDS = (
    "none one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_NUMBERS = {word: number for number, word in enumerate(_WORDS.split())} | {"no": 0, "zero": 0}
_N = rf"(\d{{1,4}}|{'|'.join(_NUMBERS)})"
_OF = r"(?:of|out of|from) (?:(?:the|your|all|these|our) )*(?:total (?:of )?)?"
_TESTS = r"(?:test ?cases?|tests?)"
_SHOWN = r"(?:visible |given |shown |public )?"
_BEFORE = r"(?<!first )(?<!last )(?<!next )(?<!other )(?<!these )(?<!those )(?<!remaining )(?<!\w/)(?<![\w.,/-])"
_ADVERB = (
    r"(?:(?:currently|now|still|also|already|actually|all|both|each|have|has|do|are|were|is|was|be"
    r"|successfully|completely|really) )*"
)
_ENDS = (
    r"(not (?:yet )?pass(?:es|ed|ing)?|don't pass|doesn't pass|didn't pass|did not pass|aren't passing"
    r"|pass(?:es|ed|ing)?|succeed(?:s|ed)?|fail(?:s|ed|ing)?)\b"
)
_NARROWS = (
    r"(?! (?:with\b(?! (?:your|this|the) (?:current )?(?:program|code))|on\b|when\b|where\b|that\b"
    r"|for\b(?! (?:your|this)\b)|due\b|except\b|but (?:t\d|one\b)|apart\b|besides\b|if\b|only if))"
)
_OWNER = r"(?:you|your (?:program|code|function|solution|submission)|the (?:program|code|function|solution)|it|this)"

_PART = re.compile(rf"{_BEFORE}{_N} {_OF}{_N} {_SHOWN}{_TESTS} {_ADVERB}{_ENDS}{_NARROWS}", re.I)
_SLASH = re.compile(rf"{_BEFORE}(\d{{1,4}})\s?/\s?(\d{{1,4}}) {_SHOWN}{_TESTS} {_ADVERB}{_ENDS}{_NARROWS}", re.I)
_SPLIT = re.compile(rf"{_BEFORE}{_N} {_TESTS} {_OF}{_N} {_ADVERB}{_ENDS}{_NARROWS}", re.I)
_SOME = re.compile(rf"{_BEFORE}(?:only |exactly |just )?{_N} {_TESTS} {_ADVERB}{_ENDS}{_NARROWS}", re.I)
_ONLY_ONE = re.compile(r"\b(?:only|exactly|just) $", re.I)
_AND_REST = re.compile(
    rf" ?(?:,|;|,? (?:and|but|while)) (?:the other )?{_N} (?:of them |tests? )?{_ADVERB}{_ENDS}{_NARROWS}",
    re.I,
)
_ALL = re.compile(
    rf"\b(?:all|every|each) (?:of )?(?:the |your )?(?:(?:single"
    rf"|one) )?(?:{_N} )?(?:of the )?{_TESTS} {_ADVERB}{_ENDS}{_NARROWS}",
    re.I,
)
_NONE = re.compile(
    rf"\b(?:none|no|not one|not a single|neither) (?:one )?(?:of )?(?:the "
    rf"|your )?(?:{_N} )?{_TESTS} {_ADVERB}{_ENDS}{_NARROWS}",
    re.I,
)
_ALL_BUT = re.compile(
    rf"\ball (?:the )?(?:tests? )?(?:but|except) (?:for )?{_N}(?: of the)?(?: {_TESTS})? {_ADVERB}{_ENDS}{_NARROWS}",
    re.I,
)
_ONLY = re.compile(rf"\bthe only test {_ADVERB}{_ENDS}{_NARROWS}", re.I)
_NOT_ANY = re.compile(
    rf"\b(?:do|does|did)(?: not|n't) pass (?:any|a single|even one)(?: one)?(?: of the)? {_TESTS}\b{_NARROWS}", re.I
)
_NO_ERROR = re.compile(r"^no (?:errors?|problems?|faults?) (?:was|were) found\b(?= ?(?:[.:;,!]|$))", re.I)
_OWNS = re.compile(
    rf"\b{_OWNER} (?:(?:currently|now|already|still|only|correctly|successfully|also) )*(passes|passed|pass"
    rf"|fails|failed|fail) (?:only )?"
    rf"(?:(all|every|each|none of|no) (?:of )?(?:the )?(?:{_N} )?|{_N} {_OF}{_N} "
    rf"|{_N} (?:of the )?){_SHOWN}{_TESTS}\b(?: {_OF}{_N}\b)?{_NARROWS}",
    re.I,
)
_IDS = r"t\d{1,4}(?: ?(?:,|and|, ?and|&) ?t\d{1,4})*"
_TEST = re.compile(
    rf"\b(?:tests?|test cases?|cases?) (?:(?:named|called|number|no\.|#) ?)?({_IDS}"
    rf"|\d{{1,3}})\b(?: ?[(,:]? ?{CODE} ?[),:]?)? {_ADVERB}{_ENDS}"
    rf"|(?<![\w:])({_IDS})\b(?: ?[(,]? ?{CODE} ?[),]?)? {_ADVERB}{_ENDS}",
    re.I,
)
_TEST_TIME = re.compile(
    rf"\btests? ({_IDS})\b(?: ?[(,:]? ?{CODE} ?[),:]?)? {_ADVERB}(?:times? out|timed out|runs? out of time"
    rf"|ran out of time|never (?:ends|finishes|stops|terminates)|does not (?:end|finish|terminate))\b",
    re.I,
)
_TEST_RAISES = re.compile(
    rf"\btests? ({_IDS})\b(?: ?[(,:]? ?{CODE} ?[),:]?)? {_ADVERB}(?:raises?|raised|throws?|threw|(?:end|stop"
    rf"|fail|crash)(?:s|es|ed|ped)? with|gives?|causes?) (?:an? |the )?({EXCEPTION})",
    re.I,
)
_TEST_GIVES = re.compile(
    rf"\btest (t\d{{1,4}})\b {_ADVERB}(?:fails? (?:because|since|as) it )?(?:returns?|returned|gives?|gave"
    rf"|got|gets) ({VALUE})(?= (?:instead|rather|but|when|where)\b| ?[.,;]|$)",
    re.I,
)
_AIMS = re.compile(r"\b(?:for|until|so|to|see|sees|have|has|before|how|why) $", re.I)


_ON_TESTS = re.compile(rf"\b(?:pass(?:es|ed)?|fail(?:s|ed)?) (?:on|in|at|for)? ?(?:the )?tests? ({_IDS})\b", re.I)


def counts(reading: Reading) -> Iterator[Found]:
    """Claims about the number of tests that passed or failed."""
    text, taken = reading.text, list[tuple[int, int]]()

    def matches(pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        for match in pattern.finditer(text):
            free = all(match.end() <= start or end <= match.start() for start, end in taken)
            if free and reading.asserts(match.start()) and not _AIMS.search(text, 0, match.start()):
                taken.append(match.span())
                yield match

    for pattern in (_ALL_BUT,):
        for match in matches(pattern):
            yield _found(match, _opposite(_status(match[2])), _number(match[1]), None)
    for pattern in (_PART, _SLASH, _SPLIT):
        for match in matches(pattern):
            whole = _number(match[2])
            yield _found(match, _status(match[3]), _number(match[1]), whole)
            yield from _rest(text, match.end(), whole)
    for match in matches(_OWNS):
        yield _owned(match)
    for match in matches(_ALL):
        if not re.search(r"\b(?:not|almost|nearly) $", text[: match.start()], re.I) and not _shown(match):
            yield _found(match, _opposite(_status(match[2])), 0, _number(match[1]) if match[1] else None)
    for match in matches(_NONE):
        if not _shown(match):
            yield _found(match, _status(match[2]), 0, _number(match[1]) if match[1] else None)
    for match in matches(_NOT_ANY):
        yield _found(match, "passed", 0, None)
    for match in matches(_NO_ERROR):
        yield _found(match, "failed", 0, None)
    for match in matches(_ONLY):
        yield _found(match, _opposite(_status(match[1])), 0, 1)
    for match in matches(_SOME):
        # "one test fails" may mean "there is one", "only one test fails" does not
        if _number(match[1]) != 1 or re.match(r"only|exactly|just", match.group(), re.I):
            yield _found(match, _status(match[2]), _number(match[1]), None)
            yield from _rest(text, match.end(), None)


def outcomes(reading: Reading) -> Iterator[Found]:
    """Claims about single tests, called by their ids."""
    text = reading.text
    for match in _TEST.finditer(text):
        if reading.asserts(match.start()):
            ids, ended = (match[1], match[2]) if match[1] else (match[3], match[4])
            for test in _ids(ids):
                yield Found(TestOutcomeClaim(test=test, status=_status(ended)), *match.span())
    for match in _ON_TESTS.finditer(text):
        finite = re.match(r"passes|passed|fails|failed", match.group(), re.I) or re.search(
            r"\byou $", text[: match.start()], re.I
        )
        if finite and reading.asserts(match.start()):
            for test in _ids(match[1]):
                yield Found(TestOutcomeClaim(test=test, status=_status(match.group())), *match.span())
    for match in _TEST_TIME.finditer(text):
        if reading.asserts(match.start()):
            for test in _ids(match[1]):
                yield Found(TestOutcomeClaim(test=test, status="timeout"), *match.span())
    for match in _TEST_RAISES.finditer(text):
        if reading.asserts(match.start()):
            for test in _ids(match[1]):
                yield Found(TestOutcomeClaim(test=test, status="error", actual=match[2]), *match.span())
    for match in _TEST_GIVES.finditer(text):
        value = reading.value(match[2])
        if (
            value is not None
            and reading.asserts(match.start())
            and re.match(r" (?:instead of|rather than)\b", text[match.end() :])
        ):
            yield Found(TestOutcomeClaim(test=match[1].lower(), status="failed", actual=value), *match.span())


def _rest(text: str, position: int, whole: int | None) -> Iterator[Found]:
    """The second count of "2 tests pass and 3 fail"."""
    match = _AND_REST.match(text, position)
    if match:
        yield _found(match, _status(match[2]), _number(match[1]), whole)


def _owned(match: re.Match[str]) -> Found:
    ended = _status(match[1])
    word = (match[2] or "").lower()
    if word:
        whole = match[3] or match[7]
        total = _number(whole) if whole else None
        none = word.startswith("no")
        return _found(match, ended if none else _opposite(ended), 0, total)
    if match[4]:
        return _found(match, ended, _number(match[4]), _number(match[5]))
    return _found(match, ended, _number(match[6]), _number(match[7]) if match[7] else None)


def _found(match: re.Match[str], status: Literal["passed", "failed"], count: int, total: int | None) -> Found:
    return Found(TestCountClaim(status=status, count=count, total=total), *match.span())


def _shown(match: re.Match[str]) -> bool:
    return bool(re.search(r"\b(?:visible|given|shown|public)\b", match.group(), re.I))


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS[word.lower()]


def _ids(text: str) -> list[str]:
    found = re.findall(r"t\d{1,4}", text.lower())
    return found or [f"t{int(text)}"]


def _status(word: str) -> Literal["passed", "failed"]:
    word = word.lower()
    if re.search(r"n't|\bnot\b", word):
        return "failed"
    return "failed" if word.startswith("fail") else "passed"


def _opposite(status: Literal["passed", "failed"]) -> Literal["passed", "failed"]:
    return "failed" if status == "passed" else "passed"

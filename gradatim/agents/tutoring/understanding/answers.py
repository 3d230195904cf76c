"""Answers in messages: the value that a learner names, and whether it is the true one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.agents.tutoring.notes import AskedKind
from gradatim.tools.claims.code import literal_value

_LITERAL = re.compile(
    r"\[[^\[\]]{0,200}(?:\[[^\[\]]{0,100}\][^\[\]]{0,100}){0,8}\]|\{[^{}]{0,200}\}|\((?:[^()]{1,200},[^()]{0,200})\)"
    r"|\"[^\"\n]{0,200}\"|(?<![A-Za-z0-9_])'[^'\n]{0,200}'(?![A-Za-z0-9_])"
    r"|(?<![A-Za-z0-9_.])[-−]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![A-Za-z0-9_]|\.\d)|(?<![A-Za-z_])(?:True|False|None|true|false|none)(?![A-Za-z_])"
)
_ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
_NUMBER_WORD = re.compile(rf"\b({'|'.join(_ENGLISH)})\b", re.IGNORECASE)
_TIMES_WORD = re.compile(r"\b(once|twice|never)\b", re.IGNORECASE)
_OFTEN = {"once": "1", "twice": "2", "never": "0"}
_CHINESE = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_CHINESE_NUMBER = re.compile(r"[负零〇一二两三四五六七八九十百]+(?=\s*(?:$|[次个轮遍，。！？,.!?吧呢]|行))")
_TRUTHS = {"真": "True", "假": "False", "空": "None"}
_EXCEPTION = re.compile(r"\b([A-Z][A-Za-z]*(?:Error|Exception|Exit|Iteration|Interrupt))\b")
_QUESTION_WORDS = re.compile(
    r"^\W*(?:why|what|how|when|where|which|who)\b|为什么|为啥|为何|怎么|什么|如何|哪", re.IGNORECASE
)
_LINE_NUMBER = re.compile(r"\b(?:in|on|at)?\s*(?:line|row)\s+\d+|第\s*\d+\s*行", re.IGNORECASE)
_DENIED = re.compile(r"[,;，；]?\s*\b(?:and\s+not|not|instead\s+of|rather\s+than)\b|，?(?:而不是|不是)", re.IGNORECASE)
"""What comes behind is what the answer is not."""
_CONTRAST = re.compile(r"[,;.，；。!?]?\s*\b(?:but|although|whereas|while)\b|(?:但是?|而|不过|可是)", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])")
_WISH = re.compile(
    r"\b(?:expect|should|need|want|thought|suppos|hoped|ought|task)|应该|需要|期望|以为|本来|题目", re.IGNORECASE
)
_FEW_WORDS = 5
"""Words of a message up to which a number word in it is an answer."""
_FEW_LETTERS = 6
"""Letters of a Chinese message up to which a number word in it is an answer."""
_NAMED = re.compile(r"(?:是|等于|为|得到?|输出|返回|执行|运行|循环|变成|大概|可能|猜)\s*$")
_SHORT = 160
"""Characters of a message that may be an answer."""


def given_answer(message: str, kind: AskedKind, truth: str) -> str | None:
    """The value that a message names as its answer, as a literal; `None` where it names none.

    Of several values the last counts, for people think aloud ("3 plus 2, so 5"), unless the message corrects itself
    in words that are not read. Line numbers are no values, unless a line is asked for.

    Args:
        kind: What was asked.
        truth: Literal of the true answer, for its type: a text may be given without quotation marks.
    """
    text = message.strip().strip("`")
    if not text or len(text) > 2_000 or _QUESTION_WORDS.search(text):
        return None
    if kind != "next-line":
        text = _LINE_NUMBER.sub(" ", text)
    wanted = literal_value(truth)
    if wanted is None:  # the name of an exception, a type, or an output
        named = _EXCEPTION.findall(text)
        if named:
            return named[-1]
        return _plain_text(text, truth)
    text = _meant(text, kind)
    found = list(_values(text.replace("`", " ")))
    if wanted[0] is None and re.search(r"\bnothing\b|什么(?:都|也)没|没有(?:返回|东西)", text, re.IGNORECASE):
        found.append("None")
    if isinstance(wanted[0], str):
        quoted = [item for item in found if isinstance(literal_value(item), tuple) and item[0] in "\"'"]
        if quoted:
            return quoted[-1]
        return _plain_text(text, wanted[0])
    if found:
        return found[-1]
    named = _EXCEPTION.findall(text)
    return named[-1] if named else None


def _meant(text: str, kind: AskedKind) -> str:
    """The part of a message that answers, where another part says what was expected or what is needed instead."""
    before, denied, _ = text.partition(found.group()) if (found := _DENIED.search(text)) else (text, "", "")
    if denied and re.search(r"\w", before):
        text = before
    parts = [part for one in _SENTENCE.split(text) for part in _CONTRAST.split(one) if re.search(r"\w", part)]
    if len(parts) < 2:
        return text
    wishes = [part for part in parts if _WISH.search(part)]
    others = [part for part in parts if part not in wishes]
    chosen = wishes if kind in ("needed", "needed-value") else others
    return " ".join(chosen) if chosen and len(wishes) < len(parts) else text


def same_answer(given: str, truth: str) -> bool:
    """Whether two literals are the same answer; texts may differ in case of their first letter and outer space."""
    one, other = literal_value(given), literal_value(truth)
    if one is None or other is None:
        return _words(given) == _words(truth)
    if isinstance(one[0], str) and isinstance(other[0], str):
        return _words(one[0]) == _words(other[0])
    if isinstance(one[0], bool) != isinstance(other[0], bool):
        return False
    try:
        return bool(one[0] == other[0]) or (
            isinstance(one[0], float | int)
            and isinstance(other[0], float | int)
            and abs(one[0] - other[0]) <= 0.005 * max(1.0, abs(other[0]))
            and isinstance(other[0], float)
        )
    except (RecursionError, OverflowError):
        return False


def _values(text: str) -> Iterator[str]:
    """Literals in a text, in their order."""
    found: list[tuple[int, str]] = []
    for match in _LITERAL.finditer(text):
        literal = match.group().replace("−", "-")
        literal = literal.capitalize() if literal.lower() in ("true", "false", "none") else literal
        if literal_value(literal) is not None or (literal := _unquoted(literal)):
            found.append((match.start(), literal))
    found += [
        (match.start(), str(_ENGLISH.index(match.group(1).lower())))
        for match in _NUMBER_WORD.finditer(text)
        if _counts(text, match)
    ]
    if len(text.split()) <= _FEW_WORDS:
        found += [(match.start(), _OFTEN[match.group(1).lower()]) for match in _TIMES_WORD.finditer(text)]
    for match in _CHINESE_NUMBER.finditer(text):
        number = _chinese(match.group())
        if number is not None and (len(text) <= _FEW_LETTERS or _NAMED.search(text[: match.start()])):
            found.append((match.start(), str(number)))
    for word, literal in _TRUTHS.items():
        if text.strip("吧呢。是 ") == word:
            found.append((0, literal))
    yield from (literal for _, literal in sorted(found, key=lambda item: item[0]))


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether a number word stands for an answer, as in "it is three"; not so in "this one" or "one too early"."""
    before, after = text[: match.start()].lower(), text[match.end() :].lower()
    if match.group(1).lower() == "one" and (
        re.search(r"\b(?:this|that|the|which|last|first|next|new|other|right|wrong)\s+$", before)
        or re.match(r"\s+(?:of|that|which|too|more|less|by)\b", after)
    ):
        return False
    named = re.search(r"\b(?:is|be|gives?|returns?|prints?|runs?|get|gets|=|about|maybe|probably)\s+$", before)
    return len(text.split()) <= _FEW_WORDS or bool(named) or bool(re.match(r"\s+(?:times|rounds|lines)\b", after))


def _unquoted(literal: str) -> str:
    """A list of words without quotation marks, with them; empty where it is none."""
    if literal[:1] == "[" and literal[-1:] == "]":
        items = [item.strip() for item in literal[1:-1].split(",")]
        if all(re.fullmatch(r"[^\W\d]\w*", item) for item in items):
            return repr(items)
    return ""


def _plain_text(text: str, truth: str) -> str | None:
    """A text that was given without quotation marks: the true one where it stands in the message, else a short rest."""
    if _words(truth) and f" {_words(truth)} " in f" {_words(text)} ":
        return repr(truth)
    quoted = re.findall(r"[\"“「'`]([^\"”」'`]{0,200})[\"”」'`]", text)
    if quoted:
        return repr(quoted[-1])
    lead = re.compile(
        r"^\W*(?:(?:i\s+(?:think|guess|believe)|maybe|probably)?\s*(?:it(?:'s|\s+is|\s+will\s+be|\s+prints|\s+gives|\s+returns"
        r"|\s+would\s+be)|is|prints|gives|returns)\s+)|^\W*(?:我(?:觉得|认为|想))?(?:应该)?(?:是|输出|返回|打印|得到)",
        re.IGNORECASE,
    )
    rest = lead.sub("", text).strip().rstrip("。.吧")
    matched = lead.search(text) is not None
    return repr(rest) if rest and len(rest) <= 60 and (matched or len(text.split()) <= 3) else None


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+|[^\s\w]", text.casefold()))


def _chinese(text: str) -> int | None:
    """A Chinese number up to 99."""
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负")
    if "百" in text or not text:
        return None
    if "十" in text:
        tens, _, ones = text.partition("十")
        if any(len(part) > 1 for part in (tens, ones)):
            return None
        return sign * ((_CHINESE[tens] if tens else 1) * 10 + (_CHINESE[ones] if ones else 0))
    if len(text) != 1:
        return None
    return sign * _CHINESE[text]


def short(message: str) -> bool:
    """Whether a message is short enough to be an answer."""
    return len(message) <= _SHORT

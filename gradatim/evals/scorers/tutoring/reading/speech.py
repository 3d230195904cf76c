"""What a tutor's turn holds: questions of which kind, things told, steps to take, signs that a mistake was noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gradatim.evals.scorers.tutoring.reading.words import Words, words
from gradatim.evals.scorers.tutoring.reading.words.words import plain
from gradatim.languages.sentences import sentences

Kind = Literal["closed", "short", "long"]
"""Graesser and Person (1994): questions to verify or to choose; for a short answer; for a long one."""
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_TABLE = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE)
"""Rows of a table, which are no sentences."""
_FOR_ONE = re.compile(r"(?:\b(?:for|with|when|on)|对于?|当|运行)\s*◻", re.IGNORECASE)
_ASKS = re.compile(r"[?？]")
_CONCRETE = re.compile(
    r"`[^`\n]+`|\d|\blines?\b|第\s*[一二两三四五六七八九十\d]+\s*(?:行|轮|次|步|个)|\w+\([^)]*\)|\w+_\w+|\[[^\]]*\]|\"[^\"\n]+\"|“[^”\n]+”"
)
_PARTS = re.compile(
    r"\b(?:loop|condition|return|variable|list|range|index|string|function|parameter|argument|test|input|output|value"
    r"|number|result|task|equation|formula|fraction|denominator|numerator|sum|product|unit|step|sign|branch|indentation"
    r"|comparison|operator|case|dictionary|key|element|word|counter|total|call|statement)s?\b"
    r"|循环|条件|返回|变量|列表|下标|索引|字符串|函数|参数|测试|输入|输出|数值|结果|题目|等式|公式|分母|分子|单位|符号"
    r"|分支|缩进|比较|运算符|字典|元素|计数|总和|调用|语句|单词|一步|值",
    re.IGNORECASE,
)
_BLANK = re.compile(r"[\W_]+")
_SHORTEST = 3
"""Letters of a sentence that says anything."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question.

    Attributes:
        kind: What answer it wants.
        vague: Whether it could be asked about anything: "Does that make sense?".
        concrete: Whether it names a value, a piece of code, a place, or a part of the program or task.
        place: Number of its sentence.
    """

    text: str
    kind: Kind
    vague: bool
    concrete: bool
    place: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a turn holds. Numbers are counts of sentences.

    Attributes:
        questions: In order.
        told: Sentences that state something about the matter.
        changes: That say what to change, put, move or write, without asking.
        steps: That ask to do something that can be done: run, print, trace, compare; `vague_steps`: "try again".
        wrong: That say that something is wrong; `doubts`: that hint at it; `affirms`: that say that
            something, the learner's answer or work, is right; `affirms_work`: that the work is.
        praises, acknowledges, scolds: As the words say.
        code: Blocks of code.
    """

    sentences: tuple[str, ...]
    questions: tuple[Asked, ...]
    told: int
    first_told: int | None
    steps: int
    changes: int
    vague_steps: int
    wrong: int
    doubts: int
    affirms: int
    affirms_work: int
    praises: int
    acknowledges: int
    scolds: int
    code: int


@lru_cache(maxsize=256)
def spoken(text: str, language: str) -> Spoken:
    """What a text of a language that has words (`en`, `zh`) holds."""
    known = words(language)
    parts = tuple(sentences(_TABLE.sub("", text)))
    questions = tuple(_questions(parts, known))
    asking = {item.place for item in questions}
    rest = [(place, part) for place, part in enumerate(parts) if place not in asking]
    told = [place for place, part in rest if _tells(part, known)]
    steps = [part for _, part in rest if known.shows("step", part) or known.shows("changes", part)]
    precise = [part for part in steps if not _only_vague(part, known)]
    return Spoken(
        sentences=parts,
        questions=questions,
        told=len(told),
        first_told=told[0] if told else None,
        steps=len(precise),
        changes=sum(known.shows("changes", part) for _, part in rest),
        vague_steps=sum(known.shows("vague_step", part) for part in parts),
        wrong=sum(known.shows("wrong", part) and not known.shows("affirms_work", part) for _, part in rest),
        doubts=sum(known.shows("doubts", part) for part in parts),
        affirms=sum(known.shows("affirms", part) or _affirms_work(part, known) for _, part in rest),
        affirms_work=sum(_affirms_work(part, known) for _, part in rest),
        praises=sum(known.shows("praises", part) for _, part in rest),
        acknowledges=sum(known.shows("acknowledges", part) for part in parts),
        scolds=sum(known.shows("scolds", part) for part in parts),
        code=len(_FENCED.findall(text)),
    )


def asks_in(text: str) -> int:
    """Questions in a text, by their marks, those in code left out."""
    return len(_ASKS.findall(re.sub(r"`[^`\n]*`", " ", _FENCED.sub(" ", text))))


def names_something(text: str) -> bool:
    """Whether a text names a value, a piece of code, a place, or a part of a program or task."""
    return _CONCRETE.search(text) is not None or _PARTS.search(text) is not None


def _affirms_work(sentence: str, known: Words) -> bool:
    """Whether a sentence calls the work right, and not only what it gives for one input."""
    return known.shows("affirms_work", sentence) and not _FOR_ONE.search(plain(sentence))


def _questions(parts: tuple[str, ...], known: Words) -> Iterator[Asked]:
    for place, part in enumerate(parts):
        if not asks_in(part):
            continue
        words_only = _FENCED.sub(" ", part).strip()
        # nobody is to answer "how can you not see that?"
        vague = known.shows("vague_question", words_only) or known.shows("scolds", words_only)
        yield Asked(part, _kind(words_only, known), vague, names_something(words_only), place)


def _kind(question: str, known: Words) -> Kind:
    # "Can you explain why …?" wants an explanation, although "yes" would answer it
    if known.shows("long", question):
        return "long"
    return "closed" if known.shows("closed", question) else "short"


def _only_vague(sentence: str, known: Words) -> bool:
    """Whether a sentence asks to do nothing more precise than to try again."""
    return known.shows("vague_step", sentence) and not names_something(sentence)


def _tells(sentence: str, known: Words) -> bool:
    if len(_BLANK.sub("", sentence)) < _SHORTEST or known.shows("social", sentence):
        return False
    if (known.shows("step", sentence) or known.shows("changes", sentence)) and not known.shows("wrong", sentence):
        return False
    kind = (
        known.shows("praises", sentence) or known.shows("acknowledges", sentence) or known.shows("vague_step", sentence)
    )
    return not kind or known.shows("wrong", sentence) or names_something(sentence)

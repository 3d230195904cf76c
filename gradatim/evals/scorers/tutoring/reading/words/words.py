"""The expressions of a language, and which language a text is in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

_FOLDER = Path(__file__).parent
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_COMMON = frozenset(
    re.findall(
        r"\S+",
        "the a an is are was of to you your it its and in what does do not that this for with on how why be have has i "
        "we can at if so but or as will would when which there then than my me it's don't that's let's",
    )
)
_DULL = frozenset(
    re.findall(
        r"\S+",
        "just even also some any each every all one two here now you're i'm isn't think know see look like good great "
        "get got make made want need should could may might must let say said tell ask yes right okay sure well very "
        "really thing things something anything way more most much many still again going try use work works they them "
        "were been did had about into from out up down over they're which "
        "这个 那个 什么 怎么 可以 我们 你的 一个 没有 就是 不是 这里 现在 还是 知道 觉得 的时 时候",
    )
)
_FOREIGN = frozenset(
    re.findall(
        r"\S+",
        "der die das und ist nicht du dein ein eine wie warum le les des est vous votre que pourquoi un une el los las "
        "una por para qué tu não uma você como het een van niet jij je nie jest dlaczego ve bir bu neden il che perché "
        "och är det inte hvad ikke være",
    )
)
"""Common words of other languages of Latin letters."""
_SHARE = 0.12
"""Share of words of other languages up to which a text is English."""
_FEW = 6
"""Words of Latin letters up to which a text is taken as English: too few to tell."""


@dataclass(frozen=True, slots=True)
class Words:
    """One language.

    Attributes:
        code: BCP 47 tag.
        marks: What a sentence may be → how it shows: `closed`, `long`, `vague_question`, `step`, `changes`,
            `vague_step`, `wrong`, `doubts`, `affirms`, `affirms_work`, `moves_on`, `social`, `praises`, `acknowledges`,
            `scolds`, `frustration`, `confusion`, `doubt`, `joy`.
    """

    code: str
    marks: Mapping[str, re.Pattern[str]]

    def shows(self, mark: str, sentence: str) -> bool:
        """Whether a sentence shows a mark; what stands in code does not count."""
        return self.marks[mark].search(plain(sentence)) is not None


@cache
def words(code: str) -> Words:
    """The words of a language that has a file, `en` or `zh`."""
    content = cast("dict[str, list[str]]", yaml.safe_load((_FOLDER / f"{code}.yaml").read_text(encoding="utf-8")))
    return Words(
        code,
        {
            mark: re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
            for mark, patterns in content.items()
        },
    )


def words_for(text: str, told: Any = None) -> Words | None:
    """The words to read a text by; `None` where it is in a language that has no file.

    Args:
        told: The language that the trace names, as BCP 47 tag; what is written counts more where it can be told.
    """
    prose = plain(text)
    chinese = len(_CHINESE.findall(prose))
    found = [item.lower() for item in _WORD.findall(_CHINESE.sub(" ", prose))]
    if chinese * 2 > len(found):
        return words("zh")
    named = told.split("-")[0].lower() if isinstance(told, str) else None
    if len(found) <= _FEW:
        return words("en") if named in (None, "en", "zh") and all(item.isascii() for item in found) else None
    common = sum(item.replace("’", "'") in _COMMON for item in found)
    foreign = sum(item in _FOREIGN or not item.isascii() for item in found)
    return words("en") if common >= foreign and foreign <= _SHARE * len(found) else None


def plain(text: str) -> str:
    """A text with straight apostrophes, and a sign in place of each piece of code."""
    return _CODE.sub(" ◻ ", text).replace("’", "'").replace("‘", "'")


def is_common(term: str) -> bool:
    """Whether a term, in lower case, is so common that it says nothing of what a text is about."""
    return term in _COMMON or term in _DULL

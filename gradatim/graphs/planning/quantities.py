"""Numbers in an instruction: how many, how long, which share, and what each counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gradatim.graphs.planning.clauses import Clause
from gradatim.graphs.planning.words import Word, stem

Measure = Literal["count", "share", "seconds"]

_NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60, "hundred": 100,
    "once": 1, "twice": 2, "thrice": 3, "single": 1, "double": 2, "couple": 2, "pair": 2, "half": 0.5,
}  # fmt: skip
_BY_STEM = {stem(word): value for word, value in _NUMBERS.items()}
_TIMES = {stem(word) for word in ("once", "twice", "thrice")}
_SECONDS = {"second": 1, "sec": 1, "s": 1, stem("minute"): 60, "min": 60, "hour": 3600, "h": 3600, "day": 86_400}
_ZH_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九十")} | {"两": 2}
_ZH_NUMBER = re.compile(
    r"百分之(?P<of_hundred>[一二两三四五六七八九十\d.]+)"
    r"|(?P<tenths>[一二三四五六七八九])成"
    r"|(?P<half>一半)"
    r"|(?<![统唯第同])(?P<number>[一二两三四五六七八九十]+|\d+(?:\.\d+)?)(?![一二两三四五六七八九十\d])"
    r"(?:\s*(?P<unit>%|[\u3400-\u9fff]{1,2})|\s*$)"
)
_ZH_NO_NUMBER = re.compile(r"^(?:一[起定些样般下直旦致边并]|十分|一同|万一)")
_ZH_SECONDS = {"秒": 1, "分钟": 60, "小时": 3600}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of an instruction.

    Attributes:
        value: The number; a share in [0, 1]; seconds for a time.
        measure: What kind of number.
        units: What stands beside it and may say what it counts: stems behind it, then before it; Chinese as written.
        start: Its first character in the instruction.
        end: Behind its last one, its unit of time or `%` included.
        clause: Number of its clause.
    """

    value: float
    measure: Measure
    units: tuple[str, ...]
    start: int
    end: int
    clause: int


def quantities_of(clauses: tuple[Clause, ...]) -> tuple[Quantity, ...]:
    """All numbers of an instruction, in order."""
    found: list[Quantity] = []
    for clause in clauses:
        english = list(_english(clause))
        places = {(item.start) for item in english}
        found += english
        found += [item for item in _chinese(clause) if item.start not in places]
    return tuple(sorted(found, key=lambda item: item.start))


def _english(clause: Clause) -> Iterator[Quantity]:
    words = clause.words
    for index, word in enumerate(words):
        value = _value(word)
        if value is None or _names_something(words, index):
            continue
        behind = words[index + 1 : index + 4]
        if behind and _chinese_character(behind[0].stem):
            continue
        units = [item.stem for item in behind] + [item.stem for item in reversed(words[max(0, index - 2) : index])]
        first = behind[0].stem if behind else ""
        end = word.end
        measure: Measure = "count"
        if first in ("%", "percent"):
            value, measure, end = value / 100, "share", behind[0].end
        elif first in _SECONDS:
            value, measure, end = value * _SECONDS[first], "seconds", behind[0].end
        elif word.stem == "half" or 0 < value < 1:
            measure = "share"
        elif word.stem in _TIMES:
            units.insert(0, "time")
        yield Quantity(value, measure, tuple(units), word.start, end, clause.number)


def _value(word: Word) -> float | None:
    if word.stem[0].isdigit():
        return float(word.stem.replace(",", "."))
    value = _BY_STEM.get(word.stem)
    return None if value is None else float(value)


def _names_something(words: tuple[Word, ...], index: int) -> bool:
    """Whether `one` stands for a thing: `the better one`, `no one`, `one another`."""
    if index == 0:
        return False
    before = words[index - 1].stem
    if words[index].stem == "once":
        return before == "at"
    if words[index].stem != "one":
        return False
    return before in ("no", "the", "this", "that", "each", "every", "better", "good", "best", "any", "other")


def _chinese(clause: Clause) -> Iterator[Quantity]:
    for match in _ZH_NUMBER.finditer(clause.text):
        if _ZH_NO_NUMBER.match(match.group()):
            continue
        start, end = clause.start + match.start(), clause.start + match.end()
        measure: Measure = "share"
        unit = match.group("unit") or ""
        if match.group("of_hundred"):
            value = _zh_value(match.group("of_hundred")) / 100
        elif match.group("tenths"):
            value = _ZH_DIGITS[match.group("tenths")] / 10
        elif match.group("half"):
            value = 0.5
        else:
            value = _zh_value(match.group("number"))
            time = next((factor for name, factor in _ZH_SECONDS.items() if unit.startswith(name)), None)
            if unit == "%":
                value /= 100
            elif time is not None:
                value, measure = value * time, "seconds"
            elif not 0 < value < 1:
                measure = "count"
                end = clause.start + match.end("number")
        units = (unit, unit[:1], *clause.text[max(0, match.start() - 2) : match.start()])
        yield Quantity(value, measure, units, start, end, clause.number)


def _zh_value(text: str) -> float:
    if text[0].isdigit():
        return float(text)
    if "十" not in text:
        return float(_ZH_DIGITS[text[-1]])
    tens, _, ones = text.partition("十")
    return float((_ZH_DIGITS[tens[-1]] if tens else 1) * 10 + (_ZH_DIGITS[ones[0]] if ones else 0))


def _chinese_character(text: str) -> bool:
    return "\u3400" <= text[:1] <= "\u9fff"

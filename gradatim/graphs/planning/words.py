"""Words of an instruction, as the planner compares them: stems with their places, in English and in Chinese.

Nothing here knows what a workflow is. A word of English is cut to its stem by a few suffix rules (after Porter, 1980,
without his later steps: cues are written for these rules); Chinese is compared character by character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[A-Za-z]+(?:['’][A-Za-z]+)?|[\u3400-\u9fff]|[^\w\s]|\S")
_IGNORED = frozenset("-‐‑/\"'“”‘’`*_«»「」《》…")
"""Marks that neither join nor part: `sign-off` is two words that follow each other."""
_CJK = re.compile(r"[\u3400-\u9fff]")
_IRREGULAR = {
    "written": "write", "wrote": "write", "given": "give", "gave": "give", "sent": "send", "seen": "see", "saw": "see",
    "shown": "show", "kept": "keep", "told": "tell", "said": "say", "made": "make", "found": "find", "gotten": "get",
    "got": "get", "done": "do", "did": "do", "does": "do", "went": "go", "goes": "go", "gone": "go", "ran": "run",
    "left": "leave", "spoken": "speak", "taken": "take", "chosen": "choose", "held": "hold", "people": "person",
    "persons": "person", "analyses": "analysis", "diagnoses": "diagnose", "hypotheses": "hypothesis", "us": "us",
    "agreed": "agree", "agreeing": "agree", "agrees": "agree", "disagreed": "disagree", "disagrees": "disagree",
    "disagreeing": "disagree", "ta": "ta", "tas": "ta", "marked": "mark", "says": "say", "is": "be", "are": "be",
    "was": "be", "were": "be", "has": "have", "had": "have", "thing": "thing", "things": "thing", "during": "during",
    "tutoring": "tutoring",
    "nothing": "nothing", "anything": "anything", "everything": "everything", "something": "something", "being": "be",
}  # fmt: skip
_SIGNS = {"<": "below", "≤": "below", ">": "above", "≥": "above", "×": "times"}
_CONTRACTED = {"n't": "not", "n’t": "not"}
_PHRASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("no", "more", "than"), "atmost"),
    (("not", "more", "than"), "atmost"),
    (("no", "longer", "than"), "atmost"),
    (("at", "most"), "atmost"),
    (("up", "to"), "atmost"),
    (("not", "only"), "also"),
    (("not", "sure"), "unsure"),
    (("not", "certain"), "unsure"),
    (("not", "confident"), "unsure"),
    (("not", "quite", "sure"), "unsure"),
    (("not", "entirely", "sure"), "unsure"),
    (("not", "fully", "sure"), "unsure"),
    (("no", "one"), "nobody"),
    (("each", "other"), "eachother"),
    (("one", "another"), "eachother"),
    (("per", "cent"), "percent"),
    (("straight", "away"), "immediately"),
    (("right", "away"), "immediately"),
)
"""Stems that stand together and mean one thing; among them those whose `no` denies nothing."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, a Chinese character or a mark, with its place in the instruction.

    Attributes:
        stem: What is compared; several words that mean one thing have one.
        start: First character.
        end: Behind the last one.
    """

    stem: str
    start: int
    end: int


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text in order."""
    found: list[Word] = []
    for match in _TOKEN.finditer(text):
        raw, start, end = match.group().lower(), match.start(), match.end()
        if raw in _IGNORED:
            continue
        raw = _SIGNS.get(raw, raw)
        contracted = next((tail for tail in _CONTRACTED if raw.endswith(tail)), None)
        if contracted is not None:  # don't: do, not
            found.append(Word("do", start, end - len(contracted)))
            found.append(Word("not", end - len(contracted), end))
            continue
        if raw in ("cannot", "dont", "doesnt"):
            found.append(Word("not", start, end))
            continue
        found.append(Word(stem(raw), start, end))
    return _merged(found)


def _merged(words: list[Word]) -> tuple[Word, ...]:
    merged: list[Word] = []
    position = 0
    while position < len(words):
        for phrase, meaning in _PHRASES:
            piece = words[position : position + len(phrase)]
            if tuple(word.stem for word in piece) == tuple(map(stem, phrase)):
                merged.append(Word(stem(meaning), piece[0].start, piece[-1].end))
                position += len(phrase)
                break
        else:
            merged.append(words[position])
            position += 1
    return tuple(merged)


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """A lower-case English word without its endings: `grades`, `graded`, `grading` → `grad`."""
    word = re.sub(r"['’](s|re|ve|ll|d|m)?$", "", word)
    if word in _IRREGULAR:
        return _cut_e(_IRREGULAR[word])
    if not word.isascii() or not word.isalpha() or len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("ied") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "ed"):
        base = word[: -len(ending)]
        if word.endswith(ending) and len(base) >= 3 and re.search(r"[aeiouy]", base):
            if base[-1] == base[-2] and base[-1] not in "lsz":
                base = base[:-1]
            return _cut_e(base)
    if re.search(r"(ss|sh|ch|x|z)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _cut_e(word)


def _cut_e(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("e") and not word.endswith("ee") else word


def is_chinese(text: str) -> bool:
    """Whether a text is Chinese rather than English: a fifth of its letters and more are Chinese characters."""
    letters = sum(character.isalpha() for character in text)
    return letters > 0 and len(_CJK.findall(text)) >= letters / 5

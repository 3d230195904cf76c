"""Words that a person should see before anything else: signs of distress, self-harm or violence in a submission.

A list of phrases finds only what is on the list, and finds it in jokes as well. It decides nothing but who reads
first; it never judges a learner, and what was found is neither quoted nor kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

_APOSTROPHES = re.compile(r"['’ʼ`´]")
_BETWEEN = re.compile(r"[\W_]+")
_SPACED = ("LATIN", "CYRILLIC", "GREEK")
"""Scripts that put spaces between words; in others a phrase may stand inside a run of letters."""


class SafetyWords:
    """Finds phrases in texts, whatever their case and whatever stands between their words.

    Args:
        phrases: Language → phrases; `*` at the end of one stands for any ending.
    """

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._needles = {needle for listed in phrases.values() for phrase in listed if (needle := _needle(phrase))}

    def found(self, texts: Iterable[str], task: str = "") -> bool:
        """Whether a phrase stands in one of the texts that does not stand in the task's own text.

        Args:
            texts: What a student or a model wrote.
            task: What the task says: a phrase of it is the subject, not the student.
        """
        known, read = _plain(task), [_plain(text) for text in texts]
        return any(needle not in known and any(needle in text for text in read) for needle in self._needles)


@cache
def packaged_phrases() -> Mapping[str, tuple[str, ...]]:
    """Language → phrases, from the packaged file."""
    text = resources.files("gradatim.agents").joinpath("safety.txt").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    listed: list[str] = []
    for line in text.splitlines():
        if line.startswith("["):
            listed = found.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            listed.append(line)
    return {language: tuple(phrases) for language, phrases in found.items()}


def _plain(text: str) -> str:
    """Letters and digits alone, one space between words and at both ends, without case and apostrophes."""
    joined = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold())
    return f" {_BETWEEN.sub(' ', joined).strip()} "


def _needle(phrase: str) -> str:
    """What is looked for in a text made plain; empty where the phrase has no letter."""
    plain = _plain(phrase).strip()
    if not all(unicodedata.name(letter, "").startswith(_SPACED) for letter in plain if letter.isalpha()):
        return plain
    return f" {plain}{'' if phrase.endswith('*') else ' '}" if plain else ""

"""Slips of spelling: a word that no pattern knows, one letter away from a word that one does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from gradatim.graphs.planning.library import vocabulary
from gradatim.graphs.planning.words import stem

_WORD = re.compile(r"[A-Za-z]+")
_LEAST = 5
"""Letters of a word that may be a slip; shorter words are a letter away from too many."""
_SWAPPED = 6
"""Letters from which another letter in one place is a slip too."""
_CONFUSED = tuple(map(frozenset, ("aeiouy", "szc", "ckq", "dt", "bp", "fv", "mn", "gj")))
"""Letters that are taken for each other: `exercize`; but `overnight` is no `oversight`."""


def spelled(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A text with its slips mended, and each slip with what it is read as.

    A slip is a letter too many, one too few, two in the wrong order, or (in longer words) a wrong one; words that are
    close to several stay as they are.
    """
    found: dict[str, str] = {}

    def mended(match: re.Match[str]) -> str:
        word = match.group()
        meant = _meant(word.lower())
        if meant is None:
            return word
        found[word] = meant
        return meant

    return _WORD.sub(mended, text), tuple(found.items())


@cache
def _known() -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """Stems of all known words, and the words by their first letter."""
    words = sorted(word for word in vocabulary() if len(word) >= _LEAST - 1)
    letters = {letter: tuple(word for word in words if word[0] == letter) for letter in {word[0] for word in words}}
    return frozenset(map(stem, vocabulary())), letters


def _meant(word: str) -> str | None:
    """The known word that a word is a slip of; nothing where it is none."""
    stems, letters = _known()
    if len(word) < _LEAST or stem(word) in stems:
        return None
    close = [other for other in letters.get(word[0], ()) if _slip(word, other) or _slip(stem(word), stem(other))]
    exact = [other for other in close if _slip(word, other)] or close
    return min(exact, key=len) if exact and len(set(map(stem, exact))) == 1 else None


def _slip(word: str, meant: str) -> bool:
    """Whether one slip turns a word into another (distance 1 of Damerau, 1964)."""
    if abs(len(word) - len(meant)) > 1 or min(len(word), len(meant)) < _LEAST - 1:
        return False
    if len(word) != len(meant):
        longer, shorter = sorted((word, meant), key=len, reverse=True)
        return shorter in _less(longer)
    places = [index for index, (left, right) in enumerate(zip(word, meant, strict=True)) if left != right]
    if len(places) == 2 and places[1] == places[0] + 1:
        return word[places[0]] == meant[places[1]] and word[places[1]] == meant[places[0]]
    if len(places) != 1 or places[0] == len(word) - 1 or len(word) < _SWAPPED:
        return False
    return any({word[places[0]], meant[places[0]]} <= letters for letters in _CONFUSED)


def _less(word: str) -> Iterable[str]:
    return (word[:index] + word[index + 1 :] for index in range(len(word)))

"""Whether a sentence only repeats what its evidence says.

A lexical test, on purpose: it needs no model, and it errs towards "not checked". A sentence is grounded in a piece
of evidence when nearly all its content words, and all its numbers and code, occur there, and it neither adds nor
drops a negation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gradatim.domain import Evidence

CONTAINMENT = 0.7
"""Share of content words that has to occur in the evidence."""

_TEXT_KEYS = ("correction", "definition", "talk", "text", "why", "summary", "statement")
"""Keys of `Evidence.detail` that hold true sentences (`belief` does not)."""

_WORD = re.compile(r"[a-z_][a-z0-9_]*|\d+(?:\.\d+)?")
_NEGATION = re.compile(r"\b(?:not|no|never|none|nothing|without|cannot|n't|neither|nor)\b|n't\b")
_STOP = frozenset(
    "a an the this that these those it its is are was were be been being has have had do does did of to in on at by for from "
    "with as and or but so if then than too very your you we our i they their there here which who what when where how why can "
    "will would could should may might must also only just because since while into out up down over under again more most "
    "some any each all both program code line test".split()
)


def grounded(sentence: str, evidence: Sequence[Evidence]) -> str | None:
    """Id of the evidence that says what the sentence says, or of the best of several that do so together."""
    words = _content(sentence)
    if not words or not evidence:
        return None
    best, share = None, 0.0
    together: set[str] = set()
    for item in evidence:
        text = _text(item)
        known = _content(text)
        together |= known
        found = len(words & known) / len(words)
        if _negations(sentence) > 0 and _negations(text) == 0:
            continue
        if found > share:
            best, share = item.id, found
    if best is None or not _exact(sentence) <= _exact(" ".join(_text(item) for item in evidence)):
        return None
    if share >= CONTAINMENT:
        return best
    return best if len(words & together) / len(words) >= max(CONTAINMENT, 0.8) else None


def _text(item: Evidence) -> str:
    parts = [item.summary, *(str(item.detail[key]) for key in _TEXT_KEYS if item.detail.get(key))]
    return " ".join(parts).lower()


def _content(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text.lower()) if word not in _STOP}


def _exact(text: str) -> set[str]:
    """Numbers and quoted code, which have to match to the letter."""
    text = text.lower()
    return set(re.findall(r"(?<![\w.])\d+(?:\.\d+)?", text))


def _negations(text: str) -> int:
    return len(_NEGATION.findall(text.lower()))


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word

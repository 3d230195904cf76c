"""Words of the language of teaching that name no concept of any subject (`words.txt`)."""

from __future__ import annotations

from importlib.resources import files


def _read() -> dict[str, frozenset[str]]:
    sections: dict[str, list[str]] = {}
    own: list[str] = []
    for line in (files("gradatim.kg") / "construction" / "words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            own = sections.setdefault(line.strip("[]"), [])
        elif not line.startswith("#"):
            own += line.split()
    return {name: frozenset(words) for name, words in sections.items()}


_WORDS = _read()

EMPTY_MODIFIERS = _WORDS["modifiers"]
"""Describing words that make no term with the noun behind them."""

EMPTY_NOUNS = _WORDS["nouns"]
"""Nouns of ordinary language. One of them is a concept only where the text defines or stresses it."""

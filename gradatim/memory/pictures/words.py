"""Texts on pictures: short enough to stand where they stand."""

from __future__ import annotations

import unicodedata


def shortened(text: str, width: int) -> str:
    """A text on one line of at most so many columns; wide characters count twice."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    if columns(line) <= width:
        return line
    kept, used = "", 1
    for character in line:
        used += _columns(character)
        if used > width:
            break
        kept += character
    return kept.rstrip() + "…"


def wrapped(text: str, width: int, lines: int) -> list[str]:
    """A text on a few lines, broken at spaces, hyphens and underscores where possible; the last one may be cut."""
    found: list[str] = []
    rest = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    while rest and len(found) < lines - 1 and columns(rest) > width:
        cut = max((place + 1 for place, mark in enumerate(rest[:width]) if mark in " -_/."), default=0)
        if not cut:
            break
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*found, shortened(rest, width)]


def columns(text: str) -> int:
    """How many columns a text takes."""
    return sum(_columns(character) for character in text)


def counted(number: int, noun: str) -> str:
    """`1 observation`, `2,000 observations`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1

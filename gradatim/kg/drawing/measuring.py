"""How wide a text is, and where it is broken: without fonts, with the widths of one that is wider than most."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_WIDTHS = {
    "fijlrtI|!.,:;'()[]{}/\\ -": 0.37,
    'abcdeghknopqsuvxyz?_"*^0123456789$#': 0.64,
    "mwMW@%+=<>~&": 0.90,
    "ABCDEFGHJKLNOPQRSTUVXYZ": 0.72,
}
_OF = {character: width for characters, width in _WIDTHS.items() for character in characters}
_OTHER = 0.75
_BOLD = 1.1


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line of text in pixels; rather too much than too little.

    Args:
        text: One line.
        size: Of the font, in pixels.
        bold: Bold letters are wider.
    """
    width = sum(_character(character) for character in text)
    return width * size * (_BOLD if bold else 1.0)


def _character(character: str) -> float:
    known = _OF.get(character)
    if known is not None:
        return known
    if unicodedata.combining(character):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(character) in "FW" else _OTHER


def wrapped(text: str, size: float, room: float, *, most: int, bold: bool = False) -> tuple[str, ...]:
    """A text in lines that fit; what does not fit into the last line ends in an ellipsis.

    Args:
        text: What is written.
        size: Of the font, in pixels.
        room: Width of the lines, in pixels.
        most: Lines at most.
        bold: Whether the letters are bold.
    """
    lines: list[str] = []
    current = ""
    for word in _pieces(text, size, room, bold):
        joined = f"{current} {word}" if current and not current.endswith("\u200b") else current.rstrip("\u200b") + word
        if current and text_width(joined.rstrip("\u200b"), size, bold=bold) > room:
            lines.append(current.rstrip("\u200b"))
            current = word
        else:
            current = joined
    lines.append(current.rstrip("\u200b"))
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and text_width(last + "…", size, bold=bold) > room:
        last = last[:-1]
    return (*lines[: most - 1], last.rstrip() + "…")


def _pieces(text: str, size: float, room: float, bold: bool) -> Iterator[str]:
    """Words; those that are too long for a line in parts, each but the last marked by a zero-width space."""
    for word in text.split():
        rest = word.replace("\u200b", "")
        while text_width(rest, size, bold=bold) > room and len(rest) > 1:
            fitting = 1
            while text_width(rest[: fitting + 1], size, bold=bold) <= room:
                fitting += 1
            at = max(rest.rfind(sign, 1, fitting) for sign in "._(/-")
            cut = at + 1 if at >= fitting // 3 else fitting
            yield rest[:cut] + "\u200b"
            rest = rest[cut:]
        if rest:
            yield rest

"""Splitting a text into its sentences, in languages with and without blanks between them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CODE = re.compile(
    r"```.*?(?:```|$)|``.*?``|`[^`]*`|(?<!\w)'(?=\S)[^'\n]{0,300}(?<![.!?])'(?!\w)|(?<!\w)\"(?=\S)[^\"\n]{0,300}(?<![.!?])\"(?!\w)",
    re.DOTALL,
)
_END = re.compile(r"[.!?]+[\"'”’)\]*_]*(?=\s|$)|[。！？]+[”’」）]*")
_ABBREVIATIONS = ("e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "resp.", "incl.", "fig.")
_NUMBERING = re.compile(r"(?:\d{1,2}|[a-z])\.$", re.IGNORECASE)
_BREAK = re.compile(r"\n\s*\n|\n(?=[ \t]*(?:[-*•]|\d{1,2}[.)])\s)")
_MASK = "\x00"


def sentences(text: str) -> list[str]:
    """The sentences of a text, in their order; nothing but white space is lost.

    Code between backticks and what stands between quotation marks is never split (unless a sentence
    ends there), nor are numbers and common
    abbreviations. A list item and a paragraph end a sentence. White space becomes a single space, except in a fenced
    block, also an unfinished one, which keeps its lines.

    Example:
        >>> sentences("Call `f(1. )` now. It gives 2.5, e.g. here!")
        ['Call `f(1. )` now.', 'It gives 2.5, e.g. here!']
    """
    masked = _CODE.sub(lambda match: _MASK * len(match.group()), text)
    found: list[str] = []
    start = 0
    for end in _ends(masked):
        if _ends_sentence(masked[start:end]):
            found.append(_tidy(text[start:end]))
            start = end
    found.append(_tidy(text[start:]))
    return [sentence for sentence in found if sentence]


def _ends(masked: str) -> Iterator[int]:
    """Positions at which a sentence may end."""
    ends = {match.end() for match in _END.finditer(masked)} | {match.start() for match in _BREAK.finditer(masked)}
    return iter(sorted(ends))


def _ends_sentence(piece: str) -> bool:
    words = piece.rstrip("\"'”’)]*_ ").lower().split()
    if not words:
        return False
    if words[-1].lstrip("(\"'“‘[").endswith(_ABBREVIATIONS):
        return False
    # "1." at the start numbers a list; at the end of "see line 1." it ends a sentence
    return not (len(words) == 1 and _NUMBERING.fullmatch(words[0]))


def _tidy(piece: str) -> str:
    """White space made single outside of fenced blocks."""
    parts = re.split(r"(```.*?(?:```|$))", piece, flags=re.DOTALL)
    return "".join(part if index % 2 else re.sub(r"\s+", " ", part) for index, part in enumerate(parts)).strip()

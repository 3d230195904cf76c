"""Splitting a statement into the sentences that are checked one by one."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?]+[\"')\]]*(?=\s+|$)")
_ABBREVIATIONS = ("e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "no.", "resp.")
_MASK = "\x00"


def sentences(text: str) -> list[str]:
    """The sentences of a text, white space normalised; nothing is lost.

    Code between backticks is never split, nor are numbers and common abbreviations.

    Example:
        >>> sentences("Call `f(1. )` now. It gives 2.5, e.g. here!")
        ['Call `f(1. )` now.', 'It gives 2.5, e.g. here!']
    """
    text = " ".join(text.split())
    masked = re.sub(r"`[^`]*`", lambda match: _MASK * len(match.group()), text)
    found: list[str] = []
    start = 0
    for end in _END.finditer(masked):
        before = masked[start : end.end()].rstrip("\"')]").lower()
        if before.endswith(_ABBREVIATIONS):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    rest = text[start:].strip()
    return [*found, rest] if rest else found

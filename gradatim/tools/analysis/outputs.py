"""Comparing texts while overlooking how they are set."""

from __future__ import annotations

import re


def squeezed(text: str) -> str:
    """A text with every run of blanks and line breaks as one blank, without any at its ends."""
    return " ".join(text.split())


def same_but_format(expected: str, actual: str) -> bool:
    """Whether two different texts agree in letters and digits, whatever their case, spaces and punctuation.

    The sign of a number and the decimal point count as part of it.
    """
    if expected == actual or not expected.strip():
        return False
    key = _key(expected)
    return key == _key(actual) if key else "".join(expected.split()) == "".join(actual.split())


def _key(text: str) -> str:
    kept = re.sub(r"(?<![\w.])-(?=\d)", "−", text.casefold())
    kept = re.sub(r"(?<=\d)\.(?=\d)", "·", kept)
    return "".join(mark for mark in kept if mark.isalnum() or mark in "−·")

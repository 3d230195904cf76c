"""How many words a text has."""

from __future__ import annotations

import re

_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_WORD = re.compile(r"[\w'’]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_A_WORD = 1.6
"""Characters of Chinese that a translation would have a word for."""


def words_in(text: str) -> int:
    """Words of a text without its blocks of code; of Chinese, about as many as a translation would have."""
    prose = _FENCED.sub(" ", text)
    return len(_WORD.findall(_CHINESE.sub(" ", prose))) + round(len(_CHINESE.findall(prose)) / _A_WORD)

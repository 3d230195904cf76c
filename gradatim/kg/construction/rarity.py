"""How rare a word is in English: from the place it has in the vocabulary of the packaged sentence encoder."""

from __future__ import annotations

import math
from functools import cache

from gradatim.serving.embeddings import default_vocabulary

_FIRST_WORD = 1000
"""What stands before it in the vocabulary are signs and single letters; from here words follow by falling frequency."""


@cache
def rarity(word: str) -> float:
    """0 for the commonest words, 1 for a word that the vocabulary does not have whole."""
    vocabulary = default_vocabulary()
    place = vocabulary.get(word.lower())
    if place is None:
        return 1.0
    return min(max(math.log(max(place - _FIRST_WORD, 1)) / math.log(len(vocabulary)), 0.0), 1.0)

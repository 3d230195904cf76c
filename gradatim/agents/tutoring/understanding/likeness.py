"""How much a message resembles ones whose intent is known.

Latin letters go through the packaged sentence embeddings, which know English alone; other scripts are compared by
pairs of neighbouring characters.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from gradatim.agents.tutoring.turn import Intent
from gradatim.errors import ModelError
from gradatim.serving.embeddings import Embedder, default_embedder

BEST = 2
"""Nearest known messages of an intent whose mean likeness counts."""
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Likeness(Protocol):
    """Compares a message with known ones."""

    def scores(self, message: str) -> dict[Intent, float]:
        """Intent → likeness in [-1, 1]; empty where nothing can be compared."""
        ...


class PrototypeLikeness:
    """Mean cosine with the two nearest known messages of each intent.

    Args:
        like: Intent → known messages.
        make_embedder: Opens the sentence embeddings when first needed.
    """

    def __init__(
        self, like: Mapping[Intent, Sequence[str]], make_embedder: Callable[[], Embedder] = default_embedder
    ) -> None:
        self._like = like
        self._make = make_embedder
        self._vectors: dict[Intent, list[list[float]]] | None = None
        self._embedder: Embedder | None = None

    def scores(self, message: str) -> dict[Intent, float]:
        """Likeness to each intent's known messages; empty where the embeddings cannot be had."""
        if _WIDE.search(message):
            grams = _grams(message)
            found: dict[Intent, float] = {}
            for intent, texts in self._like.items():
                if texts:
                    found[intent] = _mean([_cosine(grams, _grams(text)) for text in texts])
            return found
        try:
            vectors, vector = self._known(), self._embed([message])[0]
        except ModelError:  # without them the rules decide alone
            return {}
        alike: dict[Intent, float] = {}
        for intent, others in vectors.items():
            if others:
                alike[intent] = _mean([sum(a * b for a, b in zip(vector, other, strict=True)) for other in others])
        return alike

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        if self._embedder is None:
            self._embedder = self._make()
        return self._embedder.embed(texts)

    def _known(self) -> dict[Intent, list[list[float]]]:
        if self._vectors is None:
            self._vectors = {
                intent: self._embed([text for text in texts if not _WIDE.search(text)])
                for intent, texts in self._like.items()
            }
        return self._vectors


def _mean(values: Sequence[float]) -> float:
    best = sorted(values, reverse=True)[:BEST]
    return sum(best) / len(best)


def _grams(text: str) -> Counter[str]:
    plain = re.sub(r"[\W_]+", " ", text.lower()).strip()
    return Counter(plain[index : index + 2] for index in range(max(1, len(plain) - 1)))


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    shared = sum(count * other[gram] for gram, count in one.items())
    sizes = math.sqrt(sum(count**2 for count in one.values()) * sum(count**2 for count in other.values()))
    return shared / sizes if sizes else 0.0

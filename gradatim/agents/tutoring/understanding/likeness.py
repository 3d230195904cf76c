"""How much a message resembles ones whose intent is known.

Latin letters go through the packaged sentence embeddings, which know English alone; for other scripts characters and
pairs of them are counted: multinomial naive Bayes with Laplace's correction (McCallum, Nigam, 1998).
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
        self._counts: dict[Intent, Counter[str]] | None = None
        self._embedder: Embedder | None = None

    def scores(self, message: str) -> dict[Intent, float]:
        """Likeness to each intent's known messages; empty where the embeddings cannot be had."""
        if _WIDE.search(message):
            return self._by_grams(message)
        try:
            vectors, vector = self._known(), self._embed([message])[0]
        except ModelError:  # without them the rules decide alone
            return {}
        alike: dict[Intent, float] = {}
        for intent, others in vectors.items():
            if others:
                alike[intent] = _mean([sum(a * b for a, b in zip(vector, other, strict=True)) for other in others])
        return alike

    def _by_grams(self, message: str) -> dict[Intent, float]:
        """Posterior probability of each intent, by single characters and pairs of neighbours (naive Bayes)."""
        counts = self._counted()
        found = _grams(message)
        if not counts or not found:
            return {}
        kinds = len({gram for known in counts.values() for gram in known})
        logs: dict[Intent, float] = {}
        for intent, known in counts.items():
            size = sum(known.values()) + kinds
            logs[intent] = sum(times * math.log((known[gram] + 1) / size) for gram, times in found.items())
        top = max(logs.values())
        # characters and their pairs say the same thing twice: each counts half
        odds: dict[Intent, float] = {intent: math.exp((value - top) / 2) for intent, value in logs.items()}
        total = sum(odds.values())
        return {intent: value / total for intent, value in odds.items()}

    def _counted(self) -> dict[Intent, Counter[str]]:
        if self._counts is None:
            self._counts = {
                intent: sum((_grams(text) for text in texts if _WIDE.search(text)), Counter[str]())
                for intent, texts in self._like.items()
            }
        return self._counts

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
    """Single characters and pairs of neighbours, without white space and punctuation."""
    plain = re.sub(r"[\W_]+", " ", text.lower()).strip()
    pairs = (plain[index : index + 2] for index in range(len(plain) - 1))
    return Counter(gram for gram in (*plain, *pairs) if gram.strip() == gram and gram)

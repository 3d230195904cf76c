"""What the tests of the learner memory are made of."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from gradatim.domain import LearnerEvent, Observation, Recollection


class HashingEmbedder:
    """Bag of words: each word adds ±1 at one place; the same words give the same vector anywhere."""

    def __init__(self, dimensions: int = 64) -> None:
        self.dimensions = dimensions
        self.name = f"hashing-{dimensions}"
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.texts += len(texts)
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * self.dimensions
        for word in text.lower().split():
            digest = hashlib.sha256(word.encode()).digest()
            vector[int.from_bytes(digest[:4], "big") % self.dimensions] += 1.0 if digest[4] % 2 else -1.0
        length = math.hypot(*vector) or 1.0
        return [value / length for value in vector]


def event(number: int, *seen: tuple[str, bool], **other: Any) -> LearnerEvent:
    """Event `e<number>`, a minute after the one before it."""
    fields: dict[str, Any] = {
        "id": f"e{number:04}",
        "learner_id": "anna",
        "kind": "assessment",
        "at": f"2026-03-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00Z",
        "observations": tuple(Observation(concept=concept, correct=correct) for concept, correct in seen),
    }
    return LearnerEvent(**(fields | other))


def recollection(identifier: str, text: str, **other: Any) -> Recollection:
    fields: dict[str, Any] = {
        "id": identifier,
        "learner_id": "anna",
        "kind": "error",
        "text": text,
        "at": "2026-03-01T00:00:00Z",
    }
    return Recollection(**(fields | other))

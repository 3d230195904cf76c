"""Made-up recollections and features, and vectors for their texts that cost nothing to compute."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from gradatim.domain import Recollection
from gradatim.memory.recall import LearnerFeatures

DIMENSIONS = 384
FEATURES = 32
_CENTRES = 300
_AT = "2026-03-01T00:00:00Z"
_TEXT = "The loop stops one step too early and misses the last element of the list (case {number})."


class DrawnEmbedder:
    """The same text gives the same vector: one of a few hundred centres, and as much chance again."""

    name = f"drawn-{DIMENSIONS}"
    dimensions = DIMENSIONS

    def __init__(self) -> None:
        self._centres = np.random.default_rng(7).standard_normal((_CENTRES, DIMENSIONS))

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 a text."""
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        seed = int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")
        chance = np.random.default_rng(seed)
        vector = self._centres[int(chance.integers(_CENTRES))] + chance.standard_normal(DIMENSIONS)
        return (vector / np.linalg.norm(vector)).tolist()


def learner_name(number: int) -> str:
    return f"learner-{number:06}"


def recollections(learners: int, each: int) -> list[Recollection]:
    """So many items for each of so many learners."""
    return [
        Recollection(
            id=f"r{item}",
            learner_id=learner_name(learner),
            kind="error" if item % 2 else "feedback",
            text=_TEXT.format(number=learner * each + item),
            concepts=("for-loop", "range"),
            at=_AT,
        )
        for learner in range(learners)
        for item in range(each)
    ]


def many_of_one(learner: str, count: int) -> list[Recollection]:
    """So many items of one learner."""
    return [
        Recollection(id=f"r{number}", learner_id=learner, kind="error", text=f"{learner} item {number}", at=_AT)
        for number in range(count)
    ]


def features(learners: int) -> list[LearnerFeatures]:
    """Features of so many learners."""
    drawn = np.random.default_rng(3).standard_normal((learners, FEATURES))
    return [LearnerFeatures(learner_name(number), tuple(row.tolist()), _AT) for number, row in enumerate(drawn)]

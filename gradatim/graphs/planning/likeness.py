"""Patterns that mean what some words mean, most alike first: retrieval for what no cue names.

English is compared by the packaged sentence embeddings (cosine similarity with the sentences of a pattern), Chinese,
which that model does not read, by the pairs of characters that it shares with a pattern's cues.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gradatim.graphs.planning.library import Pattern, patterns
from gradatim.graphs.planning.words import is_chinese
from gradatim.serving.embeddings import Embedder, default_embedder

_CHINESE = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Alike:
    """A pattern and how much alike it is.

    Attributes:
        score: Cosine similarity with its closest sentence; for Chinese the share of its pairs of characters.
        closest: That sentence; for Chinese the first one.
    """

    pattern: str
    score: float
    closest: str


class Likeness:
    """Finds patterns by meaning.

    Args:
        embedder: The packaged one when not given; loaded at the first comparison.
    """

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    def ranked(self, text: str) -> tuple[Alike, ...]:
        """All patterns by how much alike they are, the most alike first; equal ones in the library's order.

        Raises:
            ModelError: The embedding model's files are missing.
        """
        found = self._chinese(text) if is_chinese(text) else self._english(text)
        return tuple(sorted(found, key=lambda item: -item.score))

    def _english(self, text: str) -> list[Alike]:
        embedder = self._embedder or default_embedder()
        vector = embedder.embed([text])[0]
        found: list[Alike] = []
        for name, pattern in patterns().items():
            sentences = [*pattern.spec.hints, pattern.spec.summary]
            scores = [sum(a * b for a, b in zip(vector, other, strict=True)) for other in embedder.embed(sentences)]
            best = max(range(len(sentences)), key=lambda place: scores[place])
            found.append(Alike(name, round(scores[best], 6), sentences[best]))
        return found

    def _chinese(self, text: str) -> list[Alike]:
        pairs = _pairs(text)
        shares = {name: len(pairs & _pattern_pairs(name)) / len(pairs) if pairs else 0.0 for name in patterns()}
        return [Alike(name, round(share, 6), patterns()[name].spec.hints[0]) for name, share in shares.items()]


def _pairs(text: str) -> frozenset[str]:
    runs: list[str] = _CHINESE.findall(text)
    return frozenset(run[index : index + 2] for run in runs for index in range(len(run) - 1))


@cache
def _pattern_pairs(name: str) -> frozenset[str]:
    pattern: Pattern = patterns()[name]
    return frozenset(pair for cue in pattern.spec.cues for pair in _pairs(cue))

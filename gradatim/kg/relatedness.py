"""How related two concepts are: by what their texts mean, and by where they stand in the graph.

Text: cosine of the sentence vectors of name and definition. Structure: cosine of spectral coordinates, the leading
eigenvectors of the normalised adjacency of the graph, each scaled by its eigenvalue (Chung 1997, *Spectral Graph
Theory*); two concepts are near when short ways join them, whatever the relations are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gradatim.kg.schema import Concept, ConceptGraph, Relation
from gradatim.serving.embeddings import Embedder

COORDINATES = 64
TEXT = 0.75
"""Share of the text in the mixture; the rest is structure. Chosen on held-out similarities of the packaged graph."""


class Relatedness:
    """Relatedness of the concepts of one graph, in [-1, 1].

    Args:
        graph: Whose concepts.
        embedder: Gives the vectors of texts.
        without: Relations that count as unknown (to measure what is predicted without them).
    """

    def __init__(self, graph: ConceptGraph, embedder: Embedder, *, without: Iterable[Relation] = ()) -> None:
        self.ids = tuple(concept.id for concept in graph.concepts)
        self._place: Mapping[str, int] = {concept: place for place, concept in enumerate(self.ids)}
        self._text = text_vectors(graph.concepts, embedder)
        self._structure = structure_vectors(graph, set(without))

    def text(self, first: str, second: str) -> float:
        """By meaning alone.

        Raises:
            KeyError: The graph has no such concept.
        """
        return float(self._text[self._place[first]] @ self._text[self._place[second]])

    def structure(self, first: str, second: str) -> float:
        """By place in the graph alone."""
        return float(self._structure[self._place[first]] @ self._structure[self._place[second]])

    def of(self, first: str, second: str) -> float:
        """Both."""
        return TEXT * self.text(first, second) + (1 - TEXT) * self.structure(first, second)

    def nearest(self, concept: str, limit: int = 5) -> list[tuple[str, float]]:
        """The most related other concepts, most related first."""
        import numpy as np

        place = self._place[concept]
        scores = TEXT * (self._text @ self._text[place]) + (1 - TEXT) * (self._structure @ self._structure[place])
        order: list[int] = np.argsort(-scores, kind="stable").tolist()
        return [(self.ids[at], float(scores[at])) for at in order if at != place][:limit]

    def duplicates(self, threshold: float = 0.9) -> list[tuple[str, str, float]]:
        """Pairs whose texts mean nearly the same: candidates for one concept under two names."""
        import numpy as np

        scores = self._text @ self._text.T
        places: list[list[int]] = np.argwhere(np.triu(scores, 1) >= threshold).tolist()
        found = [(self.ids[a], self.ids[b], float(scores[a, b])) for a, b in places]
        return sorted(found, key=lambda item: (-item[2], item[0], item[1]))


def text_vectors(concepts: Iterable[Concept], embedder: Embedder) -> Any:
    """Array (concepts, dimensions): unit vectors of name and definition."""
    import numpy as np

    return np.asarray(embedder.embed([f"{item.name}: {item.definition}" for item in concepts]), np.float32)


def structure_vectors(graph: ConceptGraph, without: set[Relation]) -> Any:
    """Array (concepts, coordinates): unit vectors; zeros for a concept that nothing is joined to."""
    import numpy as np

    place = {concept.id: number for number, concept in enumerate(graph.concepts)}
    adjacency = np.zeros((len(place), len(place)))
    for edge in graph.relations:
        if edge not in without:
            a, b = place[edge.source], place[edge.target]
            adjacency[a, b] = adjacency[b, a] = max(adjacency[a, b], edge.weight)
    degrees = adjacency.sum(axis=1)
    scale = np.divide(1, np.sqrt(degrees), out=np.zeros_like(degrees), where=degrees > 0)
    # The leading eigenvector only says how many neighbours a concept has: it is taken out.
    trivial = np.sqrt(degrees / (degrees.sum() or 1.0))
    values, vectors = np.linalg.eigh(adjacency * scale[:, None] * scale - np.outer(trivial, trivial))
    chosen = np.argsort(-values, kind="stable")[:COORDINATES]
    coordinates = vectors[:, chosen] * np.clip(values[chosen], 0, None)
    lengths = np.linalg.norm(coordinates, axis=1, keepdims=True)
    return np.divide(coordinates, lengths, out=np.zeros_like(coordinates), where=lengths > 1e-12).astype(np.float32)

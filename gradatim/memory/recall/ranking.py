"""Nearest items by exact cosine: the index proposes, double precision decides.

The index of Chroma (HNSW; Malkov and Yashunin, 2018) is approximate and misses more the narrower a filter is. Where
few items match, all of them are ranked; where many do, the index is asked for many more than are wanted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from chromadb import Collection

FEW = 256
"""So many matching items are all ranked, without the index."""
CANDIDATES = 300
"""Neighbours asked of the index at least, where nothing else is said."""
_TIMES = 8
"""Neighbours asked of the index for each one wanted, where that is more."""


class Ranked(NamedTuple):
    """An item and how similar it is."""

    key: str
    metadata: Mapping[str, Any]
    similarity: float


def nearest(
    collection: Collection,
    query: Sequence[float],
    where: Mapping[str, Any] | None,
    limit: int,
    candidates: int = CANDIDATES,
) -> list[Ranked]:
    """The items of a collection that are most similar to a vector, best first, and all equals of the last one.

    Which of the equals are wanted is decided by what is in their bodies.

    Args:
        collection: Where to look.
        query: The vector.
        where: Filter of Chroma; all items when not given.
        limit: So many are wanted.
        candidates: Neighbours asked of the index at least.
    """
    found = _few(collection, where)
    if found is None:
        answer = collection.query(
            query_embeddings=[list(query)],
            n_results=max(candidates, _TIMES * limit),
            where=cast("Any", where),
            include=["metadatas", "embeddings"],
        )
        keys = answer["ids"][0]
        metadatas = (answer["metadatas"] or [[]])[0]
        vectors = cast("Sequence[Sequence[float]]", (answer["embeddings"] or [[]])[0])
    else:
        keys, metadatas, vectors = found
    return best(
        (
            Ranked(key, metadata, similarity)
            for key, metadata, similarity in zip(keys, metadatas, cosines(query, vectors), strict=True)
        ),
        limit,
    )


def best(ranked: Iterable[Ranked], limit: int) -> list[Ranked]:
    """The most similar items, best first, and all equals of the last one."""
    found = sorted(ranked, key=lambda item: -item.similarity)
    if len(found) <= limit:
        return found
    return [item for item in found if item.similarity >= found[limit - 1].similarity]


def _few(
    collection: Collection, where: Mapping[str, Any] | None
) -> tuple[Sequence[str], Sequence[Mapping[str, Any]], Sequence[Sequence[float]]] | None:
    """All matching items, if they are few."""
    if where is None and collection.count() > FEW:
        return None
    page = collection.get(where=cast("Any", where), limit=FEW + 1, include=["metadatas", "embeddings"])
    if len(page["ids"]) > FEW:
        return None
    return page["ids"], page["metadatas"] or [], cast("Sequence[Sequence[float]]", page["embeddings"])


def cosines(query: Sequence[float], vectors: Sequence[Sequence[float]]) -> list[float]:
    """Exact cosines in double precision; 0 where a vector is zero."""
    import numpy as np

    if not len(vectors):
        return []
    left = np.asarray(query, dtype=np.float64)
    right = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(left) * np.linalg.norm(right, axis=1)
    # One row after the other: equal vectors give equal cosines, whatever stands around them.
    products = np.einsum("ij,j->i", right, left)
    values = np.divide(products, lengths, out=np.zeros(len(right)), where=lengths > 0)
    return [float(value) for value in np.clip(values, -1.0, 1.0)]

"""Earlier errors and feedback as vectors of their texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradatim.domain import Recollection
from gradatim.errors import StorageError
from gradatim.memory.recall.items import (
    item_key,
    learner_key,
    opened,
    recollection,
    recollection_metadata,
    resealed,
    sealing,
)
from gradatim.memory.recall.shards import Entry, Shards, Vectors
from gradatim.serving.vectors import VectorPlace

if TYPE_CHECKING:
    from chromadb.api.client import Client

    from gradatim.memory.storage.encryption import Cipher
    from gradatim.serving.embeddings import Embedder

SHARDS = 256


class Texts:
    """Recollections in the collections of a place. Calls block and belong into a thread.

    Args:
        place: The folder or server.
        prefix: Of the names of the collections.
        embedder: Gives the embedder; called once, when vectors are first needed.
        cipher: Seals ids and texts.
    """

    def __init__(
        self, place: VectorPlace, prefix: str, embedder: Callable[[], Embedder], cipher: Cipher | None
    ) -> None:
        self._place = place
        self._make_embedder = embedder
        self._embedder: Embedder | None = None
        self._cipher = cipher
        self.shards = Shards(place, prefix, SHARDS, self._signature, self._converted)

    def write(self, items: Sequence[Recollection]) -> None:
        """Store items, replacing those with the same learners and ids."""
        vectors = self.embed([item.text for item in items])
        with self._place.opened(write=True) as client:
            self.put(client, items, vectors)

    def put(self, client: Client, items: Sequence[Recollection], vectors: Vectors) -> None:
        """Store items whose vectors are known."""
        self.shards.write(
            client,
            [
                Entry(item_key(item.learner_id, item.id), vector, recollection_metadata(item, self._cipher))
                for item, vector in zip(items, vectors, strict=True)
            ],
        )

    def nearest(self, learner_id: str, text: str, condition: Mapping[str, Any], limit: int) -> list[Recollection]:
        """Items that fulfil a condition of Chroma and resemble a text, most similar first."""
        (query,) = self.embed([text])
        with self._place.opened(write=False) as client:
            ranked = self.shards.nearest(client, self.shards.name(learner_key(learner_id)), query, condition, limit)
        items = [recollection(item.key, item.metadata, item.similarity, self._cipher) for item in ranked]
        return sorted(items, key=lambda item: (-(item.similarity or 0.0), item.id))[:limit]

    def forget(self, client: Client, learner: str) -> None:
        """Leave out a learner's items; `learner` is the digest."""
        self.shards.without(client, learner)

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text.

        Raises:
            StorageError: The embedder gave something else.
        """
        embedder = self._current()
        vectors = embedder.embed(texts)
        if len(vectors) != len(texts) or any(len(vector) != embedder.dimensions for vector in vectors):
            raise StorageError(
                f"embedder {embedder.name!r} did not give one vector of {embedder.dimensions} numbers a text",
                place="recall",
                remedy="use another embedder",
            )
        return vectors

    def owner(self) -> dict[str, Any]:
        """The embedder to which vectors belong, as it stands in the metadata of collections."""
        embedder = self._current()
        return {"embedder": embedder.name, "dimensions": embedder.dimensions}

    def _signature(self) -> dict[str, Any]:
        return self.owner() | sealing(self._cipher)

    def _converted(
        self, before: Mapping[str, Any], keys: list[str], metadatas: list[dict[str, Any]], vectors: Vectors
    ) -> tuple[list[dict[str, Any]], Vectors]:
        """Items of another embedder or cipher, as they would be stored now."""
        if any(before.get(name) != value for name, value in self.owner().items()):
            bodies = [opened(key, metadata, self._cipher) for key, metadata in zip(keys, metadatas, strict=True)]
            vectors = self.embed([body["text"] for body in bodies])
        return resealed(keys, metadatas, self._cipher), vectors

    def _current(self) -> Embedder:
        if self._embedder is None:
            self._embedder = self._make_embedder()
        return self._embedder

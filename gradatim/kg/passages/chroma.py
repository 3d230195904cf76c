"""Passages of course documents in Chroma: kept on disk, found by meaning, loaded once to be found by concept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gradatim.errors import InputError
from gradatim.kg.passages.index import Passage
from gradatim.serving.vectors import ChromaFolder

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

    from gradatim.serving.embeddings import Embedder

_NAME = "passages"
_PAGE = 500
_INDEX = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}}
_CANDIDATES = 50
"""Neighbours asked of the index at least; the best of them by exact cosine are returned."""


class ChromaPassages:
    """A Chroma folder of passages.

    Calls block and belong into a thread. Nothing is opened before it is needed, and asking makes no folder. Vectors
    belong to one embedder: with another one the folder is refused, because its texts can be added again.

    Args:
        path: The folder.
        embedder: Gives the embedder; called once, when vectors are first needed.
    """

    def __init__(self, path: Path, embedder: Callable[[], Embedder]) -> None:
        self.path = path
        self._make_embedder = embedder
        self._embedder: Embedder | None = None
        self._folder = ChromaFolder(path)

    def replace(
        self,
        passages: Sequence[Passage],
        *,
        sources: Sequence[str],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Keep passages, and drop what was kept of the same sources and is not among them.

        Args:
            passages: New and old ones; those that are kept already are not embedded again.
            sources: `Passage.source` of every document that was read.
            on_progress: Told how many were looked at, of how many.

        Returns:
            How many were added.

        Raises:
            StorageError: The folder cannot be used; what was written stays, and the call can be repeated.
        """
        wanted = {passage.id: passage for passage in passages}
        with self._folder.opened(write=True) as client:
            collection = self._collection(client, create=True)
            assert collection is not None
            kept = {item.id: item for item in _all(collection) if item.source in set(sources)}
            stale = sorted(kept.keys() - wanted.keys())
            for start in range(0, len(stale), _PAGE):
                collection.delete(ids=stale[start : start + _PAGE])
            # The same text may stand in another place now, or be filed under other concepts.
            changed = [passage for key, passage in wanted.items() if key in kept and kept[key] != passage]
            for start in range(0, len(changed), _PAGE):
                page = changed[start : start + _PAGE]
                collection.update(
                    ids=[item.id for item in page], metadatas=cast("Any", [_metadata(item) for item in page])
                )
            new = [passage for key, passage in wanted.items() if key not in kept]
            for start in range(0, len(new), _PAGE):
                page = new[start : start + _PAGE]
                vectors = self._current().embed([f"{item.heading}. {item.text}" for item in page])
                collection.upsert(
                    ids=[item.id for item in page],
                    embeddings=cast("Any", vectors),
                    metadatas=cast("Any", [_metadata(item) for item in page]),
                )
                if on_progress is not None:
                    on_progress(start + len(page), len(new))
        return len(new)

    def load(self) -> list[Passage]:
        """Every passage; none where the folder does not exist.

        Raises:
            StorageError: The folder cannot be used.
        """
        if not self.path.exists():
            return []
        with self._folder.opened(write=False) as client:
            collection = self._collection(client, create=False)
            return [] if collection is None else list(_all(collection))

    def search(self, text: str, limit: int = 5) -> list[tuple[Passage, float]]:
        """Passages that mean something similar, with their cosine similarity, the most similar first.

        Raises:
            InputError: The limit is below 1.
            StorageError: The folder cannot be used.
        """
        import numpy as np

        if limit < 1:
            raise InputError(f"the limit must be at least 1, got {limit}", place="limit", remedy="raise it")
        if not text.strip() or not self.path.exists():
            return []
        (query,) = self._current().embed([text])
        with self._folder.opened(write=False) as client:
            collection = self._collection(client, create=False)
            if collection is None:
                return []
            found = collection.query(
                query_embeddings=[query],
                n_results=max(_CANDIDATES, 4 * limit),
                include=["metadatas", "embeddings"],
            )
        metadatas = cast("list[Mapping[str, Any]]", (found["metadatas"] or [[]])[0])
        vectors = np.asarray((found["embeddings"] or [[]])[0], np.float64)
        items = [
            (_passage(key, metadata), float(np.asarray(query) @ vector))
            for key, metadata, vector in zip(found["ids"][0], metadatas, vectors, strict=True)
        ]
        items.sort(key=lambda item: (-item[1], item[0].id))
        return items[:limit]

    def close(self) -> None:
        """Close the folder."""
        self._folder.close()

    def _current(self) -> Embedder:
        if self._embedder is None:
            self._embedder = self._make_embedder()
        return self._embedder

    def _collection(self, client: Client, *, create: bool) -> Collection | None:
        from chromadb.errors import NotFoundError

        embedder = self._current()
        signature = {"embedder": embedder.name, "dimensions": embedder.dimensions}
        try:
            collection = client.get_collection(_NAME, embedding_function=None)
        except NotFoundError:
            if not create:
                return None
            return client.create_collection(
                _NAME, embedding_function=None, configuration=cast("Any", _INDEX), metadata=signature
            )
        if dict(collection.metadata or {}) != signature:
            raise InputError(
                f"its vectors are of another embedder than {embedder.name}",
                place=str(self.path),
                remedy="delete the folder and run `gradatim kg index` again",
            )
        return collection


def _all(collection: Collection) -> Iterator[Passage]:
    for offset in range(0, collection.count(), _PAGE):
        page = collection.get(limit=_PAGE, offset=offset, include=["metadatas"])
        for key, metadata in zip(page["ids"], page["metadatas"] or [], strict=True):
            yield _passage(key, metadata)


def _metadata(passage: Passage) -> dict[str, Any]:
    return {
        "text": passage.text,
        "concepts": json.dumps(passage.concepts),
        "heading": passage.heading,
        "place": passage.place,
        "source": passage.source,
        "errors": json.dumps(passage.errors),
        "relevance": passage.relevance,
    }


def _passage(key: str, metadata: Mapping[str, Any]) -> Passage:
    return Passage(
        id=key,
        text=metadata["text"],
        concepts=tuple(json.loads(metadata["concepts"])),
        heading=metadata["heading"],
        place=metadata["place"],
        source=metadata["source"],
        errors=tuple(json.loads(metadata["errors"])),
        relevance=metadata["relevance"],
    )

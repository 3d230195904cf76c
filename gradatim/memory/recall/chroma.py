"""Recall by resemblance: a learner's earlier errors and feedback, found by their meaning in Chroma.

Chroma keeps vectors, texts and what they belong to in one folder. A learner's items live in one of a few
collections, chosen by the learner's id, so that forgetting somebody means writing one small collection anew;
what is deleted from a collection in place would stay readable in the folder.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gradatim.domain import Recollection, stable_id
from gradatim.errors import InputError, StorageError
from gradatim.memory.inputs import checked_id, microseconds
from gradatim.memory.protocol import RecollectionKind
from gradatim.memory.storage.worker import Worker
from gradatim.serving.vectors import ChromaFolder

if TYPE_CHECKING:
    from chromadb import Collection as ChromaCollection
    from chromadb.api.client import Client

    from gradatim.serving.embeddings import Embedder

_log = logging.getLogger(__name__)

COLLECTIONS = 8
_PAGE = 1000
"""Items written or read at once."""
_TOGETHER = 64
"""Items of several calls that are stored at once, at most."""
_CANDIDATES = 50
"""Neighbours asked of the index at least; the best of them by exact cosine are returned."""
_INDEX = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}}
"""Wider than Chroma's defaults, which miss a quarter of the true neighbours on vectors without structure."""


@dataclass(slots=True, eq=False)
class _Share:
    """Items of one call, which may be stored together with those of others."""

    items: tuple[Recollection, ...]
    done: bool = False
    error: BaseException | None = None


class ChromaRecall:
    """Recollections in a folder of Chroma.

    Nothing is opened or imported before the first item is remembered or recalled; a folder that does not
    exist is not made by asking. Each call runs in one thread and, across processes, alone. The vectors
    belong to one embedder: under another one, items are embedded anew from their texts when they are next
    needed.

    Args:
        path: The folder.
        embedder: Gives the embedder; called once, when vectors are first needed.
    """

    def __init__(self, path: Path, embedder: Callable[[], Embedder]) -> None:
        self.path = path
        self._make_embedder = embedder
        self._embedder: Embedder | None = None
        self._folder = ChromaFolder(path)
        self._worker = Worker("gradatim-recall")
        self._waiting: deque[_Share] = deque()

    async def remember(self, recollections: Sequence[Recollection]) -> None:
        """Store items; the same learner and id again replaces.

        Raises:
            InputError: An item has an unusable id or instant, or a blank text.
            StorageError: The folder cannot be used; a part may be stored, and the call can be repeated.
        """
        for item in recollections:
            checked_id(item.id, "recollection id")
            checked_id(item.learner_id)
            microseconds(item.at)
            if not item.text.strip():
                raise InputError("its text is blank", place=f"recollection {item.id!r}", remedy="leave such items out")
        if recollections:
            share = _Share(tuple(recollections))
            self._waiting.append(share)
            await self._worker.run(self._remember_with_others, share)

    async def recall(
        self,
        learner_id: str,
        text: str,
        *,
        concepts: Collection[str] = (),
        kinds: Collection[RecollectionKind] = (),
        limit: int = 5,
    ) -> list[Recollection]:
        """This learner's items that resemble a text, most similar first.

        Raises:
            InputError: The learner id or the limit cannot be used.
            StorageError: The folder cannot be used; names it.
        """
        checked_id(learner_id)
        if limit < 1:
            raise InputError(f"the limit must be at least 1, got {limit}", place="limit", remedy="raise it")
        if not text.strip() or not self.path.exists():
            return []
        return await self._worker.run(self._recall, learner_id, text, tuple(concepts), tuple(kinds), limit)

    async def forget(self, learner_id: str) -> None:
        """Delete a learner's items so that the folder no longer holds a trace of them.

        Raises:
            StorageError: The folder cannot be used; the call can be repeated.
        """
        checked_id(learner_id)
        if self.path.exists():
            await self._worker.run(self._forget, learner_id)

    async def aclose(self) -> None:
        """Close the folder and end the thread."""
        await self._worker.close(self._folder.close)

    # What follows runs in the worker's thread.

    def _remember_with_others(self, share: _Share) -> None:
        """Store a call's items, together with those of the calls that wait behind it.

        Opening a collection and writing to it takes about as long for many items as for one.
        """
        while not share.done:
            group: list[_Share] = []
            while self._waiting and sum(len(item.items) for item in group) < _TOGETHER:
                group.append(self._waiting.popleft())
            try:
                self._remember([item for member in group for item in member.items])
            except BaseException as error:
                for member in group:
                    member.error = error
                raise
            finally:
                for member in group:
                    member.done = True
        if share.error is not None:
            raise share.error

    def _remember(self, items: Sequence[Recollection]) -> None:
        vectors = self._embed([item.text for item in items])
        by_collection: dict[str, dict[str, tuple[Recollection, Sequence[float]]]] = {}
        for item, vector in zip(items, vectors, strict=True):
            place = by_collection.setdefault(_collection_name(item.learner_id), {})
            place[stable_id(item.learner_id, item.id, length=32)] = (item, vector)
        with self._folder.opened(write=True) as client:
            for name, entries in by_collection.items():
                collection = self._collection(client, name, create=True)
                assert collection is not None
                keys = list(entries)
                for start in range(0, len(keys), _PAGE):
                    page = keys[start : start + _PAGE]
                    collection.upsert(
                        ids=page,
                        embeddings=[entries[key][1] for key in page],
                        metadatas=cast(
                            "Any", _replacing(collection, {key: _metadata(entries[key][0]) for key in page})
                        ),
                    )

    def _recall(
        self,
        learner_id: str,
        text: str,
        concepts: tuple[str, ...],
        kinds: tuple[RecollectionKind, ...],
        limit: int,
    ) -> list[Recollection]:
        (query,) = self._embed([text])
        with self._folder.opened(write=False) as client:
            collection = self._collection(client, _collection_name(learner_id), create=False)
            if collection is None:
                return []
            found = collection.query(
                query_embeddings=[query],
                n_results=max(_CANDIDATES, 4 * limit),
                where=_where(learner_id, concepts, kinds),
                include=["metadatas", "embeddings"],
            )
        metadatas = cast("list[Mapping[str, Any]]", (found["metadatas"] or [[]])[0])
        vectors = cast("Sequence[Sequence[float]]", (found["embeddings"] or [[]])[0])
        similarities = _cosines(query, vectors)
        items = [
            _recollection(metadata, similarity) for metadata, similarity in zip(metadatas, similarities, strict=True)
        ]
        items.sort(key=lambda item: (-(item.similarity or 0.0), item.id))
        return items[:limit]

    def _forget(self, learner_id: str) -> None:
        with self._folder.opened(write=True) as client:
            name = _collection_name(learner_id)
            if self._collection(client, name, create=False) is not None:
                self._rewrite(client, name, without=learner_id)
        self._folder.vacuum()

    def _embed(self, texts: Sequence[str]) -> list[list[float]]:
        embedder = self._current_embedder()
        vectors = embedder.embed(texts)
        if len(vectors) != len(texts) or any(len(vector) != embedder.dimensions for vector in vectors):
            raise StorageError(
                f"embedder {embedder.name!r} did not give one vector of {embedder.dimensions} numbers a text",
                place=str(self.path),
                remedy="use another embedder",
            )
        return vectors

    def _current_embedder(self) -> Embedder:
        if self._embedder is None:
            self._embedder = self._make_embedder()
        return self._embedder

    def _collection(self, client: Client, name: str, *, create: bool) -> ChromaCollection | None:
        """A collection whose vectors are of the present embedder; `None` where there is none to read."""
        collection = _existing(client, name)
        if collection is None and (collection := _existing(client, name + _NEXT)) is not None:
            # A rewrite ended between deleting the old and naming the new: the new one is complete.
            collection.modify(name=name)
        if collection is None:
            return self._created(client, name) if create else None
        if dict(collection.metadata or {}) != self._signature():
            _log.info("embedding the items of %s anew for %s", name, self._current_embedder().name)
            collection = self._rewrite(client, name)
            self._folder.changed()
        return collection

    def _created(self, client: Client, name: str) -> ChromaCollection:
        return client.create_collection(
            name, embedding_function=None, configuration=cast("Any", _INDEX), metadata=self._signature()
        )

    def _signature(self) -> dict[str, Any]:
        embedder = self._current_embedder()
        return {"embedder": embedder.name, "dimensions": embedder.dimensions}

    def _rewrite(self, client: Client, name: str, *, without: str | None = None) -> ChromaCollection:
        """Copy a collection, leaving one learner out, and put the copy in its place.

        Vectors of another embedder are computed anew. The old collection goes only when the copy is
        complete; a copy that was never completed is thrown away by the next rewrite.
        """
        if _existing(client, name + _NEXT) is not None:
            client.delete_collection(name + _NEXT)
        old = client.get_collection(name, embedding_function=None)
        keep_vectors = dict(old.metadata or {}) == self._signature()
        copy = self._created(client, name + _NEXT)
        for offset in range(0, old.count(), _PAGE):
            page = old.get(limit=_PAGE, offset=offset, include=["metadatas", "embeddings"])
            metadatas = cast("list[dict[str, Any]]", page["metadatas"] or [])
            vectors = cast("Sequence[Sequence[float]]", page["embeddings"])
            kept = [place for place, item in enumerate(metadatas) if item["learner"] != without]
            if kept:
                copy.upsert(
                    ids=[page["ids"][place] for place in kept],
                    embeddings=[vectors[place] for place in kept]
                    if keep_vectors
                    else cast("Any", self._embed([metadatas[place]["text"] for place in kept])),
                    metadatas=[metadatas[place] for place in kept],
                )
        client.delete_collection(name)
        copy.modify(name=name)
        return copy


_NEXT = "-next"
_CONCEPT = "concept:"


def _collection_name(learner_id: str) -> str:
    return f"recall-{int(stable_id(learner_id), 16) % COLLECTIONS}"


def _existing(client: Client, name: str) -> ChromaCollection | None:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError:
        return None


def _metadata(item: Recollection) -> dict[str, Any]:
    """What is kept of an item.

    Concepts are kept twice: as JSON to be read, and as a key each to be asked for. Chroma could hold a list,
    but deleting a collection leaves its lists behind, for the next item that gets the same row.
    """
    metadata: dict[str, Any] = {
        "learner": item.learner_id,
        "item": item.id,
        "kind": item.kind,
        "text": item.text,
        "concepts": json.dumps(item.concepts),
        "misconceptions": json.dumps(item.misconceptions),
        "at": item.at,
    }
    if item.task_id is not None:
        metadata["task"] = item.task_id
    return metadata | {_CONCEPT + concept: True for concept in item.concepts}


def _replacing(collection: ChromaCollection, metadatas: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The same metadata, with `None` for what stored items have and the new ones have not.

    Chroma would keep it otherwise.
    """
    stored = collection.get(ids=list(metadatas), include=["metadatas"])
    for key, before in zip(stored["ids"], stored["metadatas"] or [], strict=True):
        for name in before:
            metadatas[key].setdefault(name, None)
    return list(metadatas.values())


def _recollection(metadata: Mapping[str, Any], similarity: float) -> Recollection:
    return Recollection(
        id=metadata["item"],
        learner_id=metadata["learner"],
        kind=metadata["kind"],
        text=metadata["text"],
        task_id=metadata.get("task"),
        concepts=tuple(json.loads(metadata["concepts"])),
        misconceptions=tuple(json.loads(metadata["misconceptions"])),
        at=metadata["at"],
        similarity=similarity,
    )


def _where(learner_id: str, concepts: tuple[str, ...], kinds: tuple[str, ...]) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [{"learner": learner_id}]
    if kinds:
        conditions.append({"kind": {"$in": list(kinds)}})
    if len(concepts) == 1:
        conditions.append({_CONCEPT + concepts[0]: True})
    elif concepts:
        conditions.append({"$or": [{_CONCEPT + concept: True} for concept in concepts]})
    return conditions[0] if len(conditions) == 1 else {"$and": conditions}


def _cosines(query: Iterable[float], vectors: Sequence[Sequence[float]]) -> list[float]:
    """Exact cosines in double precision; 0 where a vector is zero."""
    import numpy as np

    if not len(vectors):
        return []
    left = np.asarray(query, dtype=np.float64)
    right = np.asarray(vectors, dtype=np.float64)
    lengths = np.linalg.norm(left) * np.linalg.norm(right, axis=1)
    cosines = np.divide(right @ left, lengths, out=np.zeros(len(right)), where=lengths > 0)
    return [float(value) for value in np.clip(cosines, -1.0, 1.0)]

"""Many small collections instead of one, so that forgetting somebody means writing one of them anew.

What is deleted from a collection in place stays readable: in Chroma's log, and in the index file. So the collection
is set aside under another name, the other learners' items are copied into a new one, and the old one is deleted
whole. An interruption loses nothing: what was set aside names the learner who is left out, and whoever needs the
collection next completes the copy. Items written to the new collection meanwhile are newer, and stay.

On a server others write at the same time. A writer looks afterwards whether the collection still has its name: if
not, it was set aside, and the items are written again. A rewrite is done by one process at a time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gradatim.errors import StorageError
from gradatim.memory.recall.items import LEARNER
from gradatim.memory.recall.ranking import CANDIDATES, Ranked, nearest
from gradatim.serving.vectors import VectorPlace

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

_log = logging.getLogger(__name__)

PAGE = 1000
"""Items written or read at once."""
_INDEX = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 300, "max_neighbors": 32}}
"""Wider than Chroma's defaults, which miss a quarter of the true neighbours on vectors without structure."""
_ASIDE = "-old-"
_WITHOUT = "without"
_ATTEMPTS = 20
_LOOKS = 3
_PAUSE_SECONDS = 0.01

Vectors = Sequence[Sequence[float]]
Convert = Callable[[Mapping[str, Any], list[str], list[dict[str, Any]], Vectors], tuple[list[dict[str, Any]], Vectors]]
"""Signature they had, ids, metadata, vectors → metadata and vectors."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as Chroma keeps it."""

    key: str
    vector: Sequence[float]
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shards:
    """Collections among which items are spread by the digest of their learner.

    Attributes:
        place: The folder or server.
        prefix: Of the names of the collections.
        count: How many there are at most; each is made when its first item comes.
        signature: Gives what the vectors and bodies belong to now (embedder, cipher); items of another signature are
            converted when their collection is next needed.
        convert: Turns ids, metadata and vectors of another signature into metadata and vectors of the present one.
        candidates: Neighbours asked of the index of each collection at least.
    """

    place: VectorPlace
    prefix: str
    count: int
    signature: Callable[[], Mapping[str, Any]]
    convert: Convert
    candidates: int = CANDIDATES

    def name(self, learner: str) -> str:
        """The collection of a learner's items, by the learner's digest."""
        return f"{self.prefix}-{int(learner, 16) % self.count:03}"

    def names(self) -> Iterator[str]:
        """All collections that may exist."""
        return (f"{self.prefix}-{number:03}" for number in range(self.count))

    def ready(self, client: Client, name: str, *, create: bool = False) -> Collection | None:
        """A collection, complete and of the present signature; `None` where there is none to read."""
        collection = self._whole(client, name)
        if collection is None:
            return self._made(client, name, dict(self.signature())) if create else None
        if _signature(collection) != dict(self.signature()):
            _log.info("converting the items of %s for %s", name, dict(self.signature()))
            with self.place.alone(client, name):
                self._complete(client, name)
                self._set_aside(client, name)
                self._made(client, name, dict(self.signature()))
                self._complete(client, name)
            collection = self._whole(client, name)
        return collection

    def _whole(self, client: Client, name: str) -> Collection | None:
        """A collection with everything that was set aside; `None` where there is none.

        What is set aside is looked for after the collection, not before: between the two questions another process
        may begin to copy, and a collection that is not whole yet has to be noticed.
        """
        absent = 0
        for _ in range(_ATTEMPTS):
            collection = existing(client, name)
            if existing(client, f"{name}{_ASIDE}1") is not None:
                with self.place.alone(client, name):
                    self._complete(client, name)
            elif collection is not None:
                return collection
            else:
                absent += 1  # or set aside before the first question and whole again before the second
                if absent == (_LOOKS if self.place.shared else 1):
                    return None
        raise self._busy(name)

    def nearest(
        self, client: Client, name: str, query: Sequence[float], where: Mapping[str, Any] | None, limit: int
    ) -> list[Ranked]:
        """Items of one collection as `ranking.nearest` finds them; none where there is no such collection."""
        for _ in range(_ATTEMPTS):
            collection = self.ready(client, name)
            if collection is None:
                return []
            try:
                return nearest(collection, query, where, limit, self.candidates)
            except Exception as error:
                if not self.place.shared or not _passes(error):
                    raise
                time.sleep(_PAUSE_SECONDS)
        raise self._busy(name)

    def write(self, client: Client, entries: Sequence[Entry]) -> None:
        """Store items, replacing those with the same keys."""
        by_name: dict[str, dict[str, Entry]] = {}
        for entry in entries:
            by_name.setdefault(self.name(entry.metadata[LEARNER]), {})[entry.key] = entry
        for name, group in by_name.items():
            keys = list(group)
            for start in range(0, len(keys), PAGE):
                self._write_page(client, name, [group[key] for key in keys[start : start + PAGE]])

    def without(self, client: Client, learner: str) -> None:
        """Leave a learner's items out of their collection; the others stay as they are, of whatever signature."""
        name = self.name(learner)
        for _ in range(_ATTEMPTS):
            with self.place.alone(client, name):  # who only looked could take a moment of another's rewrite for the end
                self._complete(client, name)
                collection = existing(client, name)
                if collection is None or not collection.get(where={LEARNER: learner}, limit=1, include=[])["ids"]:
                    return
                self._set_aside(client, name, learner)
                self._complete(client, name)
        raise self._busy(name)

    def _write_page(self, client: Client, name: str, page: Sequence[Entry]) -> None:
        for _ in range(_ATTEMPTS):
            collection = self.ready(client, name, create=True)
            assert collection is not None
            try:
                collection.upsert(
                    ids=[entry.key for entry in page],
                    embeddings=_array([entry.vector for entry in page]),
                    metadatas=cast("Any", _replacing(collection, page)),
                )
            except Exception as error:
                if not self.place.shared or not _passes(error):
                    raise
                time.sleep(_PAUSE_SECONDS)
                continue
            if not self.place.shared or _same(existing(client, name), collection):
                return
        raise self._busy(name)

    def _set_aside(self, client: Client, name: str, without: str | None = None) -> None:
        """Give a collection another name, under which its items wait to be copied, all but those of one learner."""
        current = existing(client, name)
        if current is not None:
            kept = {_WITHOUT: without} if without else {}
            aside = f"{name}{_ASIDE}{len(_set_aside(client, name)) + 1}"
            current.modify(name=aside, metadata=_signature(current) | kept)
            self.place.changed()

    def _complete(self, client: Client, name: str) -> None:
        """Copy what was set aside, newest first, and delete it.

        Items are converted only where those to be put together differ: to forget somebody needs no embedder.
        """
        aside = _set_aside(client, name)
        if not aside:
            return
        current = existing(client, name)
        signature = _signature(current or aside[-1])
        if any(_signature(old) != signature for old in aside):
            signature = dict(self.signature())
            if current is not None and _signature(current) != signature:
                self._set_aside(client, name)
                aside, current = _set_aside(client, name), None
        current = current or self._made(client, name, signature)
        left_out: set[str] = set()
        for old in reversed(aside):
            left_out.add(str((old.metadata or {}).get(_WITHOUT, "")))
            self._copy(old, current, left_out, convert=_signature(old) != signature)
            client.delete_collection(old.name)
        self.place.changed()

    def _copy(self, old: Collection, new: Collection, left_out: set[str], *, convert: bool) -> None:
        offset = 0
        while True:
            page = old.get(limit=PAGE, offset=offset, include=["metadatas", "embeddings"])
            metadatas = cast("list[dict[str, Any]]", page["metadatas"] or [])
            vectors = cast("Vectors", page["embeddings"])
            kept = [place for place, item in enumerate(metadatas) if item[LEARNER] not in left_out]
            if kept:
                keys = [page["ids"][place] for place in kept]
                some, of_them = [metadatas[place] for place in kept], [vectors[place] for place in kept]
                if convert:
                    some, of_them = self.convert(_signature(old), keys, some, of_them)
                # `add` passes over what is there already: it is newer.
                new.add(ids=keys, embeddings=_array(of_them), metadatas=cast("Any", some))
            offset += len(page["ids"])
            if len(page["ids"]) < PAGE:
                return

    def _made(self, client: Client, name: str, signature: Mapping[str, Any]) -> Collection:
        return client.get_or_create_collection(
            name, embedding_function=None, configuration=cast("Any", _INDEX), metadata=dict(signature)
        )

    def _busy(self, name: str) -> StorageError:
        return StorageError(
            f"collection {name} was rewritten by others {_ATTEMPTS} times in a row",
            place="recall",
            remedy="try again when fewer processes forget learners",
        )


def _passes(error: Exception) -> bool:
    """Whether an error of a server tells of a moment in which another process works.

    The collection was deleted after it had been set aside, or its first items are being indexed.
    """
    from chromadb.errors import NotFoundError

    return isinstance(error, NotFoundError) or "Nothing found on disk" in str(error)


def _array(vectors: Vectors) -> Any:
    """Vectors as Chroma keeps them."""
    import numpy as np

    return np.asarray(vectors, dtype=np.float32)


def existing(client: Client, name: str) -> Collection | None:
    """The collection of this name, if there is one."""
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError:
        return None


def _set_aside(client: Client, name: str) -> list[Collection]:
    """What was set aside under a name and is not copied yet, oldest first."""
    found: list[Collection] = []
    while (old := existing(client, f"{name}{_ASIDE}{len(found) + 1}")) is not None:
        found.append(old)
    return found


def _signature(collection: Collection) -> dict[str, Any]:
    return {key: value for key, value in (collection.metadata or {}).items() if key != _WITHOUT}


def _same(one: Collection | None, other: Collection) -> bool:
    return one is not None and one.id == other.id


def _replacing(collection: Collection, page: Sequence[Entry]) -> list[dict[str, Any]]:
    """The metadata of some items, with `None` for what stored ones have and the new ones have not.

    Chroma would keep it otherwise.
    """
    metadatas = {entry.key: dict(entry.metadata) for entry in page}
    stored = collection.get(ids=list(metadatas), include=["metadatas"])
    for key, before in zip(stored["ids"], stored["metadatas"] or [], strict=True):
        for name in before:
            metadatas[key].setdefault(name, None)
    return list(metadatas.values())

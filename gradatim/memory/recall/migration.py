"""Folders of gradatim 0.1, which spread recollections over eight collections with readable metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from gradatim.domain import Recollection
from gradatim.memory.recall.shards import PAGE, Vectors, existing
from gradatim.memory.recall.texts import Texts
from gradatim.serving.vectors import VectorPlace

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client

_COLLECTIONS = 8
_COPY = "-next"


def migrate(place: VectorPlace, texts: Texts) -> None:
    """Take over the recollections of an earlier version, and clean the folder of their old form.

    Vectors of the present embedder are kept, others computed anew.

    Must be called before anything else is done in the place. A collection is deleted when all its items are taken
    over; an interrupted migration goes on with the next call.
    """
    if not place.exists():
        return
    with place.opened(write=False) as client:
        found = [name for number in range(_COLLECTIONS) if (name := _complete(client, f"recall-{number}")) is not None]
    if not found:
        return
    for name in found:
        with place.opened(write=True) as client:
            if (old := existing(client, name)) is not None:
                _take_over(client, old, texts)
                client.delete_collection(name)
                if existing(client, name + _COPY) is not None:
                    client.delete_collection(name + _COPY)  # never completed
    place.vacuum()


def _complete(client: Client, name: str) -> str | None:
    """The old collection of this name, or the complete copy of it that had not got the name yet."""
    if existing(client, name) is not None:
        return name
    return name + _COPY if existing(client, name + _COPY) is not None else None


def _take_over(client: Client, old: Collection, texts: Texts) -> None:
    keep = dict(old.metadata or {}) == texts.owner()
    for offset in range(0, old.count(), PAGE):
        page = old.get(limit=PAGE, offset=offset, include=["metadatas", "embeddings"])
        items = [_recollection(metadata) for metadata in page["metadatas"] or []]
        vectors = cast("Vectors", page["embeddings"]) if keep else texts.embed([item.text for item in items])
        texts.put(client, items, vectors)


def _recollection(metadata: Mapping[str, Any]) -> Recollection:
    return Recollection(
        id=metadata["item"],
        learner_id=metadata["learner"],
        kind=metadata["kind"],
        text=metadata["text"],
        task_id=metadata.get("task"),
        concepts=tuple(json.loads(metadata["concepts"])),
        misconceptions=tuple(json.loads(metadata["misconceptions"])),
        at=metadata["at"],
    )

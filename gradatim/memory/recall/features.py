"""Learners as vectors of what is known about them, to find similar ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradatim.domain import stable_id
from gradatim.memory.recall.items import LEARNER, features_metadata, learner_key, opened, resealed, sealing
from gradatim.memory.recall.protocol import LearnerFeatures, SimilarLearner
from gradatim.memory.recall.ranking import Ranked, best
from gradatim.memory.recall.shards import Entry, Shards, Vectors
from gradatim.serving.vectors import VectorPlace

if TYPE_CHECKING:
    from chromadb.api.client import Client

    from gradatim.memory.storage.encryption import Cipher

SHARDS = 32
"""Fewer than of texts: a question goes to all of them."""
_CANDIDATES = 60
"""Of each collection; together they are many more than are wanted."""
_PAGE = 1000


class Features:
    """Features of learners in the collections of a place. Calls block and belong into a thread.

    Args:
        place: The folder or server.
        prefix: Of the names of the collections.
        cipher: Seals the learners' ids.
    """

    def __init__(self, place: VectorPlace, prefix: str, cipher: Cipher | None) -> None:
        self._place = place
        self._prefix = prefix
        self._cipher = cipher

    def write(self, features: Sequence[LearnerFeatures]) -> None:
        """Store features, replacing those of the same learners and spaces."""
        by_space: dict[str, list[Entry]] = {}
        for item in features:
            entry = Entry(learner_key(item.learner_id), item.values, features_metadata(item, self._cipher))
            by_space.setdefault(self._space(item.space, len(item.values)), []).append(entry)
        with self._place.opened(write=True) as client:
            for prefix, entries in by_space.items():
                self._shards(prefix).write(client, entries)

    def nearest(self, values: Sequence[float], space: str, without: frozenset[str], limit: int) -> list[SimilarLearner]:
        """Learners whose features resemble some numbers, most similar first; `without` are digests."""
        shards = self._shards(self._space(space, len(values)))
        ranked: list[Ranked] = []
        with self._place.opened(write=False) as client:
            for name in shards.names():
                ranked += shards.nearest(client, name, values, None, limit + len(without))
        others = best((item for item in ranked if item.metadata[LEARNER] not in without), limit)
        found = [
            SimilarLearner(opened(item.key, item.metadata, self._cipher)["learner_id"], item.similarity)
            for item in others
        ]
        return sorted(found, key=lambda item: (-item.similarity, item.learner_id))[:limit]

    def forget(self, client: Client, learner: str) -> None:
        """Leave out a learner's features in every space; `learner` is the digest."""
        for shards in self.all_shards(client):
            shards.without(client, learner)

    def all_shards(self, client: Client) -> list[Shards]:
        """The collections of every space that there is."""
        length = len(self._space("", 0))
        prefixes: set[str] = set()
        offset = 0
        while page := client.list_collections(limit=_PAGE, offset=offset):
            offset += len(page)
            prefixes.update(item.name[:length] for item in page if item.name.startswith(f"{self._prefix}-"))
        return [self._shards(prefix) for prefix in sorted(prefixes)]

    def _shards(self, prefix: str) -> Shards:
        return Shards(self._place, prefix, SHARDS, self._signature, self._converted, _CANDIDATES)

    def _space(self, space: str, dimensions: int) -> str:
        """Prefix of the collections of a space; vectors of another length cannot be compared and lie elsewhere."""
        return f"{self._prefix}-{stable_id(space, str(dimensions))}"

    def _signature(self) -> dict[str, Any]:
        return {"holds": "features"} | sealing(self._cipher)

    def _converted(
        self, before: Mapping[str, Any], keys: list[str], metadatas: list[dict[str, Any]], vectors: Vectors
    ) -> tuple[list[dict[str, Any]], Vectors]:
        return resealed(keys, metadatas, self._cipher), vectors

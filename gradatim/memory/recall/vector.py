"""Recall by resemblance, on whatever place keeps the vectors."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gradatim.domain import Recollection
from gradatim.errors import InputError
from gradatim.memory.inputs import checked_id, microseconds
from gradatim.memory.protocol import RecollectionKind
from gradatim.memory.recall.features import Features
from gradatim.memory.recall.items import learner_key, where
from gradatim.memory.recall.protocol import STATE, LearnerFeatures, SimilarLearner
from gradatim.memory.recall.texts import Texts
from gradatim.memory.recall.together import Together
from gradatim.memory.storage.worker import Worker
from gradatim.serving.vectors import VectorPlace

if TYPE_CHECKING:
    from gradatim.memory.storage.encryption import Cipher
    from gradatim.serving.embeddings import Embedder

PREFIX = "recall-"
"""All collections of recall are called so."""
READERS = 8
"""Questions to a server at once."""
_LARGEST = 1e15
"""Squares of larger numbers, added up, leave the range of single precision."""


class VectorRecall:
    """`Recall` in Chroma.

    Nothing is opened or imported before the first item is remembered or recalled. The vectors of texts belong to one
    embedder: under another one, items are embedded anew from their texts when they are next needed.

    Args:
        place: The folder or server.
        embedder: Gives the embedder; called once, when vectors are first needed.
        cipher: Seals ids and texts; vectors, kinds, instants and digests of learners and concepts stay readable.
    """

    def __init__(self, place: VectorPlace, embedder: Callable[[], Embedder], *, cipher: Cipher | None = None) -> None:
        self.place = place
        self.texts = Texts(place, f"{PREFIX}texts", embedder, cipher)
        self.features = Features(place, f"{PREFIX}features", cipher)
        self._together = Together(self._write)
        self._writer = Worker("gradatim-recall")
        # In a folder one works at a time; on a server others write between two requests anyway.
        self._readers = Worker("gradatim-recall-reader", threads=READERS) if place.shared else self._writer

    async def remember(self, recollections: Sequence[Recollection]) -> None:
        """Store items; the same learner and id again replaces."""
        for item in recollections:
            checked_id(item.id, "recollection id")
            checked_id(item.learner_id)
            microseconds(item.at)
            if not item.text.strip():
                raise InputError("its text is blank", place=f"recollection {item.id!r}", remedy="leave such items out")
        if recollections:
            share = self._together.share(recollections)
            await self._writer.run(self._together.store, share)

    async def recall(
        self,
        learner_id: str,
        text: str,
        *,
        concepts: Collection[str] = (),
        kinds: Collection[RecollectionKind] = (),
        since: str | None = None,
        limit: int = 5,
    ) -> list[Recollection]:
        """This learner's items that resemble a text, most similar first."""
        checked_id(learner_id)
        _checked_limit(limit)
        condition = where(learner_id, concepts, kinds, since)
        if not text.strip() or not self.place.exists():
            return []
        return await self._readers.run(self._recall, learner_id, text, condition, limit)

    async def remember_features(self, features: Sequence[LearnerFeatures]) -> None:
        """Store features; the same learner and space again replaces."""
        for item in features:
            checked_id(item.learner_id)
            checked_id(item.space, "space of features")
            microseconds(item.at)
            _checked_values(item.values, f"features of learner {item.learner_id!r}")
        if features:
            await self._writer.run(self._write_features, tuple(features))

    async def similar_learners(
        self, values: Sequence[float], *, space: str = STATE, without: Collection[str] = (), limit: int = 10
    ) -> list[SimilarLearner]:
        """Learners whose features resemble some numbers, most similar first."""
        _checked_limit(limit)
        checked_id(space, "space of features")
        _checked_values(values, "features")
        if not self.place.exists():
            return []
        left_out = frozenset(learner_key(learner) for learner in without)
        return await self._readers.run(self._similar_learners, tuple(values), space, left_out, limit)

    async def forget(self, learner_id: str) -> None:
        """Delete a learner's items and features, and what the place still holds of their bytes, if it can be cleaned.

        Raises:
            StorageError: The place cannot be used; the call can be repeated.
        """
        checked_id(learner_id)
        if self.place.exists():
            await self._writer.run(self._forget, learner_key(learner_id))

    async def refresh(self) -> None:
        """Convert everything for the present embedder and cipher now, and clean the place of what was there before.

        Otherwise it happens bit by bit, when items are next needed. Meant for the day on which a key is set.
        """
        if self.place.exists():
            await self._writer.run(self._refresh)

    async def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings still occur in what is stored."""
        if not self.place.exists():
            return []
        return await self._writer.run(self.place.traces, tuple(needles), PREFIX)

    async def aclose(self) -> None:
        """Close the place and end the threads."""
        if self._readers is self._writer:
            await self._writer.close(self.place.close)  # in the thread that has the folder open
        else:
            await self._readers.close(_nothing)
            await self._writer.close(_nothing)
            await asyncio.to_thread(self.place.close)

    # What follows runs in threads.

    def prepare(self) -> None:
        """What has to be done in the place before it is first used; nothing in a new one."""

    def _write(self, items: Sequence[Recollection]) -> None:
        self.prepare()
        self.texts.write(items)

    def _recall(self, learner_id: str, text: str, condition: Mapping[str, Any], limit: int) -> list[Recollection]:
        self.prepare()
        return self.texts.nearest(learner_id, text, condition, limit)

    def _write_features(self, features: Sequence[LearnerFeatures]) -> None:
        self.prepare()
        self.features.write(features)

    def _similar_learners(
        self, values: Sequence[float], space: str, without: frozenset[str], limit: int
    ) -> list[SimilarLearner]:
        self.prepare()
        return self.features.nearest(values, space, without, limit)

    def _forget(self, learner: str) -> None:
        self.prepare()
        with self.place.opened(write=True) as client:
            self.texts.forget(client, learner)
            self.features.forget(client, learner)
        self.place.vacuum()

    def _refresh(self) -> None:
        self.prepare()
        with self.place.opened(write=True) as client:
            for shards in (self.texts.shards, *self.features.all_shards(client)):
                for name in shards.names():
                    shards.ready(client, name)
        self.place.vacuum()


def _nothing() -> None:
    """Threads that work with a server have nothing of their own to close."""


def _checked_limit(limit: int) -> None:
    if limit < 1:
        raise InputError(f"the limit must be at least 1, got {limit}", place="limit", remedy="raise it")


def _checked_values(values: Sequence[float], place: str) -> None:
    if not values:
        raise InputError("there are no numbers", place=place, remedy="give at least one")
    for number, value in enumerate(values, start=1):
        if not math.isfinite(value) or abs(value) > _LARGEST:
            raise InputError(
                f"number {number} is {value!r}", place=place, remedy=f"give finite ones of at most {_LARGEST:g}"
            )

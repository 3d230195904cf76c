"""The learner memory of an event log and a recall; with SQLite and Chroma it needs nothing but a folder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from types import TracebackType
from typing import Self

from gradatim.domain import EventKind, LearnerEvent, LearnerState, MasteryChange, Recollection
from gradatim.memory.protocol import STATE, LearnerFeatures, LearnerSummary, RecollectionKind, SimilarLearner
from gradatim.memory.recall import Recall
from gradatim.memory.storage.protocol import EventLog


class EmbeddedMemory:
    """`LearnerMemory` on disk or on a server. The two halves fail apart: without recall, events go on being stored.

    Args:
        log: Events and estimates.
        recall: Earlier errors and feedback.
    """

    def __init__(self, log: EventLog, recall: Recall) -> None:
        self._log = log
        self._recall = recall

    async def append(self, events: Iterable[LearnerEvent]) -> int:
        """Store events, all or none; returns how many were new."""
        return await self._log.append(events)

    async def ingest(self, events: Iterable[LearnerEvent]) -> int:
        """Store any number of events, group by group; returns how many were new."""
        return await self._log.ingest(events)

    async def record(self, event: LearnerEvent) -> tuple[MasteryChange, ...]:
        """Store one event and tell what it changed."""
        return await self._log.record(event)

    async def state(self, learner_id: str) -> LearnerState:
        """What is known about a learner now."""
        return await self._log.state(learner_id)

    async def events(
        self, learner_id: str, limit: int | None = None, kind: EventKind | None = None
    ) -> tuple[LearnerEvent, ...]:
        """A learner's events, newest first."""
        return await self._log.events(learner_id, limit, kind)

    async def of_kind(self, kind: EventKind) -> tuple[LearnerEvent, ...]:
        """The events of one kind of all learners, by learner and then oldest first."""
        return await self._log.of_kind(kind)

    async def learners(self) -> list[LearnerSummary]:
        """All learners with events, ordered by id."""
        return await self._log.learners()

    async def forget(self, learner_id: str) -> int:
        """Delete all that is stored about a learner.

        Events and estimates go first, so that a broken recall folder cannot keep them; its error is raised
        then, and the call can be repeated once the folder is in order.
        """
        deleted = await self._log.forget(learner_id)
        await self._recall.forget(learner_id)
        return deleted

    async def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings still occur in what is kept on disk."""
        return await self._log.traces(needles) + await self._recall.traces(needles)

    async def remember(self, recollections: Sequence[Recollection]) -> None:
        """Store earlier errors and feedback."""
        await self._recall.remember(recollections)

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
        """This learner's errors and feedback that resemble a text, most similar first."""
        return await self._recall.recall(learner_id, text, concepts=concepts, kinds=kinds, since=since, limit=limit)

    async def remember_features(self, features: Sequence[LearnerFeatures]) -> None:
        """Store numbers that describe learners."""
        await self._recall.remember_features(features)

    async def similar_learners(
        self, values: Sequence[float], *, space: str = STATE, without: Collection[str] = (), limit: int = 10
    ) -> list[SimilarLearner]:
        """Learners whose features resemble some numbers, most similar first."""
        return await self._recall.similar_learners(values, space=space, without=without, limit=limit)

    async def aclose(self) -> None:
        """Release files and threads."""
        try:
            await self._recall.aclose()
        finally:
            await self._log.aclose()

    async def __aenter__(self) -> Self:
        try:
            await self._log.open()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

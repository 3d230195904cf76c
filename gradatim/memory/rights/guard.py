"""The memory as agents may use it: only with the learner's consent, and without what the learner disputes.

Agents get the memory through this guard. What a learner does about their own data (consent, correction) always passes,
and whoever acts for the learner (`gradatim learner …`) opens the memory itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from types import TracebackType
from typing import Self

from gradatim.domain import EventKind, LearnerEvent, LearnerState, MasteryChange, Recollection
from gradatim.memory.protocol import (
    STATE,
    LearnerFeatures,
    LearnerMemory,
    LearnerSummary,
    RecollectionKind,
    SimilarLearner,
)
from gradatim.memory.rights.consent import agreement, allowed, require
from gradatim.memory.rights.disputes import without_disputed
from gradatim.memory.tracing import ParameterSource

_OWN = ("consent", "correction")
"""Kinds of events with which learners say something about their own data."""


_GROUP = 2_000


class GuardedMemory:
    """`LearnerMemory` that keeps to consents and disputes.

    Without consent to personalisation, `state`, `recall`, `record` and `remember` raise `NoConsent`; `append` and
    `ingest`, which tell how many events were stored, pass over such a learner's events.

    Args:
        memory: What is guarded; stays the caller's to close.
        assumed: Purposes that hold before a learner says anything (setting `assumed_consent`).
        parameters: Of knowledge tracing, as the memory uses them; one set for all concepts when not given.
    """

    def __init__(
        self, memory: LearnerMemory, assumed: Collection[str], parameters: ParameterSource | None = None
    ) -> None:
        self.memory = memory
        self._parameters = parameters
        self._assumed = tuple(assumed)

    async def append(self, events: Iterable[LearnerEvent]) -> int:
        """Store the events of learners who agree, all or none; returns how many were new."""
        kept = await self._agreed(events, {})
        return await self.memory.append(kept) if kept else 0

    async def ingest(self, events: Iterable[LearnerEvent]) -> int:
        """Store the events of learners who agree, group by group; returns how many were new."""
        new, asked, source = 0, dict[str, bool](), iter(events)
        while group := list(islice(source, _GROUP)):
            new += await self.memory.ingest(await self._agreed(group, asked))
        return new

    async def record(self, event: LearnerEvent) -> tuple[MasteryChange, ...]:
        """Store one event and tell what it changed."""
        if event.kind not in _OWN:
            await self._require(event.learner_id)
        return await self.memory.record(event)

    async def state(self, learner_id: str) -> LearnerState:
        """What is known about a learner now, without what rests on a disputed label."""
        await self._require(learner_id)
        state = await self.memory.state(learner_id)
        corrections = await self.memory.events(learner_id, kind="correction")
        if not corrections:
            return state
        events = await self.memory.events(learner_id)
        return without_disputed(state, tuple(reversed(events)), self._parameters)

    async def events(
        self, learner_id: str, limit: int | None = None, kind: EventKind | None = None
    ) -> tuple[LearnerEvent, ...]:
        """A learner's events, newest first; only consents and corrections without consent to personalisation."""
        if kind not in _OWN:
            await self._require(learner_id)
        return await self.memory.events(learner_id, limit, kind)

    async def of_kind(self, kind: EventKind) -> tuple[LearnerEvent, ...]:
        """The events of one kind of all learners who agree, by learner and then oldest first."""
        found = await self.memory.of_kind(kind)
        return found if kind in _OWN else tuple(await self._agreed(found, {}))

    async def learners(self) -> list[LearnerSummary]:
        """All learners with events, ordered by id."""
        return await self.memory.learners()

    async def forget(self, learner_id: str) -> int:
        """Delete all that the memory holds about a learner."""
        return await self.memory.forget(learner_id)

    async def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings still occur in what is kept on disk."""
        return await self.memory.traces(needles)

    async def remember(self, recollections: Sequence[Recollection]) -> None:
        """Store earlier errors and feedback."""
        for learner in dict.fromkeys(item.learner_id for item in recollections):
            await self._require(learner)
        await self.memory.remember(recollections)

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
        await self._require(learner_id)
        return await self.memory.recall(learner_id, text, concepts=concepts, kinds=kinds, since=since, limit=limit)

    async def remember_features(self, features: Sequence[LearnerFeatures]) -> None:
        """Store numbers that describe learners; those of learners who do not consent to research are passed over."""
        agreed = await agreement(self.memory, "research", self._assumed)
        kept = [item for item in features if item.learner_id in agreed]
        if kept:
            await self.memory.remember_features(kept)

    async def similar_learners(
        self, values: Sequence[float], *, space: str = STATE, without: Collection[str] = (), limit: int = 10
    ) -> list[SimilarLearner]:
        """Learners who consent to research and whose features resemble some numbers, most similar first."""
        agreed = await agreement(self.memory, "research", self._assumed)
        left_out = {learner.learner_id for learner in await self.memory.learners() if learner.learner_id not in agreed}
        return await self.memory.similar_learners(values, space=space, without={*without, *left_out}, limit=limit)

    async def aclose(self) -> None:
        """Close what is guarded."""
        await self.memory.aclose()

    async def __aenter__(self) -> Self:
        await self.memory.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _agreed(self, events: Iterable[LearnerEvent], asked: dict[str, bool]) -> list[LearnerEvent]:
        """The events that may be stored; `asked` holds the learners' answers."""
        kept: list[LearnerEvent] = []
        for event in events:
            learner = event.learner_id
            if event.kind not in _OWN:
                if learner not in asked:
                    asked[learner] = await allowed(self.memory, learner, "personalisation", self._assumed)
                if not asked[learner]:
                    continue
            kept.append(event)
        return kept

    async def _require(self, learner_id: str) -> None:
        await require(self.memory, learner_id, "personalisation", self._assumed)


def guarded(
    memory: LearnerMemory, assumed: Collection[str], parameters: ParameterSource | None = None
) -> LearnerMemory:
    """The memory behind a guard; one that is guarded already stays as it is."""
    return memory if isinstance(memory, GuardedMemory) else GuardedMemory(memory, assumed, parameters)

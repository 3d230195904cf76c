"""The event log over any database: what `EventLog` promises, in terms of transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Self, TypeVar

from gradatim.domain import EventKind, LearnerEvent, LearnerState, Mastery
from gradatim.errors import InputError
from gradatim.memory.inputs import checked_id, microseconds
from gradatim.memory.profile import breadth, depth
from gradatim.memory.protocol import LearnerSummary
from gradatim.memory.storage.cache import EstimatesCache
from gradatim.memory.storage.canonical import Stored, prepared
from gradatim.memory.storage.derivation import Estimates
from gradatim.memory.storage.encrypting import refuse_plain
from gradatim.memory.storage.encryption import Cipher
from gradatim.memory.storage.keeping import Changes, Keeping, Present
from gradatim.memory.storage.marks import check_key
from gradatim.memory.storage.recording import Recording
from gradatim.memory.storage.sealing import Sealing
from gradatim.memory.storage.session import Database, LearnerRow, Session
from gradatim.memory.storage.worker import Worker
from gradatim.memory.tracing import ConceptParameters, ParameterSource

T = TypeVar("T")

LARGE = 1_000
"""Events of one call from which the database is made ready for very many."""
GROUP = 10_000
"""Events that `ingest` stores in one transaction."""


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


class StoredEventLog:
    """`EventLog` in a database. Calls run in threads of their own; the database is opened at the first one.

    Args:
        database: Where events are kept.
        parameters: Of knowledge tracing, by concept; estimates stored under others are redone when needed.
        cipher: Seals what is stored; nothing is sealed when not given.
        clock: Gives the present instant, for attributes that fade with time.
    """

    def __init__(
        self,
        database: Database,
        *,
        parameters: ParameterSource | None = None,
        cipher: Cipher | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._cipher = cipher
        self._keeping = Keeping(parameters or ConceptParameters(), Sealing(cipher), database.place)
        self._clock = clock
        self._worker = Worker("gradatim-memory", threads=database.threads)
        self._cache = EstimatesCache()
        self._recording = Recording(self._keeping, self._cache)
        self._checked = False
        self._bulk = False

    async def open(self) -> None:
        """Connect now rather than at the first call."""
        await self._worker.run(self._ready)

    async def append(self, events: Iterable[LearnerEvent]) -> int:
        """Store events, all or none; returns how many were new."""
        group = prepared(events)
        return await self._worker.run(self._append, group) if group else 0

    async def ingest(self, events: Iterable[LearnerEvent]) -> int:
        """Store any number of events, group by group; returns how many were new."""
        source = iter(events)
        new = 0
        reader = Worker("gradatim-ingest")
        try:
            group = await reader.run(_drawn, source)
            while group:  # the next group is made ready while this one is on its way to the disk
                stored, drawn = await asyncio.gather(
                    self._worker.run(self._append, group), reader.run(_drawn, source), return_exceptions=True
                )
                if isinstance(stored, BaseException):
                    raise stored
                new += stored
                if isinstance(drawn, BaseException):
                    raise drawn
                group = drawn
            return new
        finally:
            await reader.close(lambda: None)
            await self._worker.run(self._pace, 1)

    async def record(self, event: LearnerEvent) -> Changes:
        """Store one event and tell what it changed."""
        (item,) = prepared((event,))
        changes = self._recording.wait(item)
        await self._worker.run(self._record_all)
        return await asyncio.wrap_future(changes)

    async def state(self, learner_id: str) -> LearnerState:
        """What is known about a learner now."""
        return await self._worker.run(self._state, checked_id(learner_id))

    async def events(
        self, learner_id: str, limit: int | None = None, kind: EventKind | None = None
    ) -> tuple[LearnerEvent, ...]:
        """A learner's events, newest first."""
        if limit is not None and limit < 1:
            raise InputError(f"the limit must be at least 1, got {limit}", place="limit", remedy="leave it out for all")
        return await self._worker.run(self._events, checked_id(learner_id), limit, kind)

    async def of_kind(self, kind: EventKind) -> tuple[LearnerEvent, ...]:
        """The events of one kind of all learners, by learner and then oldest first."""
        return await self._worker.run(self._of_kind, kind)

    async def learners(self) -> list[LearnerSummary]:
        """All learners with events, ordered by id."""
        return await self._worker.run(self._run, lambda session: session.learners())

    async def forget(self, learner_id: str) -> int:
        """Delete a learner's events, estimates and decisions; returns how many events there were."""
        return await self._worker.run(self._forget, checked_id(learner_id))

    async def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings still occur in what the database keeps on disk."""
        return await self._worker.run(self._traces, [needle for needle in needles if needle])

    async def aclose(self) -> None:
        """Release connections and threads."""
        await self._worker.close(self._database.close)

    async def __aenter__(self) -> Self:
        try:
            await self.open()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # What follows runs in a thread of the worker.

    def _ready(self) -> None:
        if not self._checked:
            self._database.connect()
            check_key(self._database, self._cipher)
            self._checked = True

    def _run(self, work: Callable[[Session], T], write: bool = False) -> T:
        self._ready()
        if not write:
            return self._database.run(work, write=False)

        def checked(session: Session) -> T:
            refuse_plain(session, self._cipher, self._database.place)
            return work(session)

        return self._database.run(checked, write=True)

    def _append(self, group: Sequence[Stored]) -> int:
        self._pace(len(group))
        return self._run(lambda session: self._keeping.append(session, group), write=True)

    def _pace(self, events: int) -> None:
        """Make ready for groups of so many events: whoever stores large ones stores many."""
        bulk = events >= LARGE
        if bulk is not self._bulk:
            self._ready()
            self._database.in_bulk(bulk)
            self._bulk = bulk

    def _record_all(self) -> None:
        """Store the events that wait, in one transaction: the disk is asked once for all of them."""
        self._pace(1)
        self._recording.store(lambda work: self._run(work, write=True))

    def _state(self, learner_id: str) -> LearnerState:
        present = self._run(lambda session: self._present(session, learner_id))
        if present is None:
            present = Present(LearnerRow(learner_id), Estimates())
        elif present.snapshots:
            self._run(lambda session: self._keep(session, present), write=True)
        state = self._told(present)
        if present.row.events:
            self._cache.put(present)
        return state

    def _present(self, session: Session, learner_id: str) -> Present | None:
        row = session.row(learner_id)
        if row is None:
            return None
        cached = self._cache.take(row)
        return self._keeping.present(session, row) if cached is None else Present(row, cached)

    def _keep(self, session: Session, present: Present) -> None:
        """Store what reading has computed, unless the learner's events have changed meanwhile."""
        row = session.row(present.row.learner)
        if row is not None and row.stamp == present.row.stamp:
            self._keeping.keep(session, present)
            session.save([present.row])

    def _told(self, present: Present) -> LearnerState:
        row, estimates = present.row, present.estimates
        mastery = sorted(
            (
                Mastery(
                    concept=concept,
                    probability=belief.probability,
                    observations=belief.observations,
                    updated_at=belief.updated_at,
                )
                for concept, belief in estimates.beliefs.items()
            ),
            key=lambda item: (item.probability, item.concept),
        )
        known = [item.probability for item in mastery]
        instant = microseconds(self._clock().isoformat())
        last = row.last[0] if row.events else None
        return LearnerState(
            learner_id=row.learner,
            events=row.events,
            mastery=tuple(mastery),
            breadth=breadth(known),
            depth=depth(known),
            profile=estimates.progress.attributes(instant, last, known),
            features=estimates.progress.features(instant, last, known),
        )

    def _events(self, learner_id: str, limit: int | None, kind: EventKind | None) -> tuple[LearnerEvent, ...]:
        rows = self._run(lambda session: session.latest(learner_id, limit, kind))
        return tuple(self._keeping.read(event_id, body) for event_id, body in rows)

    def _of_kind(self, kind: EventKind) -> tuple[LearnerEvent, ...]:
        rows = self._run(lambda session: session.of_kind(kind))
        return tuple(self._keeping.read(event_id, body) for event_id, body in rows)

    def _forget(self, learner_id: str) -> int:
        deleted = self._run(lambda session: session.forget(learner_id), write=True)
        self._cache.drop(learner_id)
        self._database.clear()
        return deleted

    def _traces(self, needles: Sequence[bytes]) -> list[str]:
        self._ready()
        return self._database.traces(needles)


def _drawn(source: Iterator[LearnerEvent]) -> list[Stored]:
    return prepared(islice(source, GROUP))

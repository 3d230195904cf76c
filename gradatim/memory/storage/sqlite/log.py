"""The event log and its estimates in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gradatim.domain import EventKind, LearnerEvent, LearnerState, Mastery, MasteryChange
from gradatim.errors import InputError, StorageError
from gradatim.memory.inputs import checked_event, checked_id, microseconds
from gradatim.memory.profile import PROFILE_VERSION, Progress, breadth, depth
from gradatim.memory.protocol import LearnerSummary
from gradatim.memory.storage.sqlite.schema import open_database, storage_errors, transaction
from gradatim.memory.storage.worker import Worker
from gradatim.memory.tracing import ConceptParameters, ParameterSource
from gradatim.memory.tracing.estimates import Belief, evidence, observed, traced, unobserved

Changes = tuple[MasteryChange, ...]


@dataclass(slots=True)
class _Learner:
    """A learner's row while events are being stored."""

    events: int
    last: tuple[int, str]
    """Instant and id of the latest event."""
    last_instant: str
    progress: Progress
    late: bool = False
    """An event came out of order: the profile has to be computed anew from the log."""


class SQLiteEventLog:
    """Append-only events, mastery and profile, kept together in one transaction.

    Every call runs in one thread, which owns the connection. The file is opened, and created where there is
    none, at the first call.

    Args:
        path: The SQLite file.
        parameters: Of knowledge tracing, by concept; estimates stored under others are redone when needed.
        clock: Gives the present instant, for attributes that fade with time.
    """

    def __init__(
        self,
        path: Path,
        *,
        parameters: ParameterSource | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.path = path
        self._parameters: ParameterSource = ConceptParameters() if parameters is None else parameters
        self._derivation = f"bkt-{self._parameters.version}/profile-{PROFILE_VERSION}"
        self._clock = clock
        self._worker = Worker("gradatim-memory")
        self._opened: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the file now rather than at the first call.

        Raises:
            StorageError: It cannot be opened.
        """
        await self._worker.run(self._connection)

    async def append(self, events: Iterable[LearnerEvent]) -> int:
        """Store events, all or none; returns how many were new."""
        stored = await self._worker.run(self._store, _prepared(events))
        return sum(new for new, _ in stored)

    async def record(self, event: LearnerEvent) -> Changes:
        """Store one event and tell what it changed."""
        ((_, changes),) = await self._worker.run(self._store, _prepared((event,)))
        return changes

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

    async def learners(self) -> list[LearnerSummary]:
        """All learners with events, ordered by id."""
        return await self._worker.run(self._learners)

    async def forget(self, learner_id: str) -> int:
        """Delete a learner's events and estimates; returns how many events there were."""
        return await self._worker.run(self._forget, checked_id(learner_id))

    async def aclose(self) -> None:
        """Close the file and end the thread."""
        await self._worker.close(self._close)

    # What follows runs in the worker's thread.

    def _connection(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = open_database(self.path)
        return self._opened

    def _close(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _store(self, prepared: list[tuple[LearnerEvent, int, str]]) -> list[tuple[bool, Changes]]:
        connection = self._connection()
        with storage_errors(self.path), transaction(connection):
            learners: dict[str, _Learner] = {}
            results: list[tuple[bool, Changes]] = []
            for event, at, body in prepared:
                known = self._stored_changes(connection, event.id, body)
                if known is not None:
                    results.append((False, known))
                    continue
                learner = learners.get(event.learner_id)
                if learner is None:
                    learner = learners[event.learner_id] = self._load(connection, event)
                results.append((True, self._add(connection, learner, event, at, body)))
            for learner_id, learner in learners.items():
                if learner.late:
                    self._rebuild(connection, learner_id)
                else:
                    self._save(connection, learner_id, learner)
            return results

    def _stored_changes(self, connection: sqlite3.Connection, event_id: str, body: str) -> Changes | None:
        row = connection.execute("SELECT body, changes FROM events WHERE id = ?", (event_id,)).fetchone()
        if row is None:
            return None
        if row[0] != body:
            raise StorageError(
                f"event {event_id!r} is already stored with another content",
                place=str(self.path),
                remedy="events are never changed: give the new event an id of its own",
            )
        return _changes(json.loads(row[1]))

    def _load(self, connection: sqlite3.Connection, first: LearnerEvent) -> _Learner:
        """The learner's row, with estimates of the present derivation; an empty one for somebody new."""
        row = self._fresh_row(connection, first.learner_id)
        if row is None:
            return _Learner(0, (_BEFORE_ALL, ""), first.at, Progress())
        events, last_at, last_id, last_instant, progress = row
        return _Learner(events, (last_at, last_id), last_instant, Progress.restored(json.loads(progress)))

    def _fresh_row(self, connection: sqlite3.Connection, learner_id: str) -> tuple[int, int, str, str, str] | None:
        row = connection.execute(_SELECT_LEARNER, (learner_id,)).fetchone()
        if row is not None and row[0] != self._derivation:
            self._rebuild(connection, learner_id)
            row = connection.execute(_SELECT_LEARNER, (learner_id,)).fetchone()
        return None if row is None else row[1:]

    def _add(
        self, connection: sqlite3.Connection, learner: _Learner, event: LearnerEvent, at: int, body: str
    ) -> Changes:
        in_order = (at, event.id) > learner.last
        before = self._beliefs(connection, event)
        connection.executemany(
            "INSERT INTO observations VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (event.learner_id, seen.concept, at, event.id, place, seen.correct, event.at)
                for place, seen in enumerate(evidence(event))
            ),
        )
        after = observed(event, before, self._parameters) if in_order else self._retraced(connection, event)
        connection.executemany(_UPSERT_MASTERY, _mastery_rows(event.learner_id, after))
        changes = tuple(
            MasteryChange(
                concept=concept,
                before=(before.get(concept) or unobserved(self._parameters.parameters(concept))).probability,
                after=belief.probability,
            )
            for concept, belief in after.items()
        )
        connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
            (
                event.id,
                event.learner_id,
                at,
                event.kind,
                body,
                json.dumps([[change.concept, change.before, change.after] for change in changes]),
            ),
        )
        learner.events += 1
        if in_order:
            learner.last, learner.last_instant = (at, event.id), event.at
            if not learner.late:
                learner.progress.advance(event, at, _probabilities(before))
        else:
            learner.late = True
        return changes

    def _beliefs(self, connection: sqlite3.Connection, event: LearnerEvent) -> dict[str, Belief]:
        beliefs: dict[str, Belief] = {}
        for concept in dict.fromkeys(seen.concept for seen in event.observations):
            row = connection.execute(
                "SELECT probability, observations, updated_at FROM mastery WHERE learner = ? AND concept = ?",
                (event.learner_id, concept),
            ).fetchone()
            if row is not None:
                beliefs[concept] = Belief(*row)
        return beliefs

    def _retraced(self, connection: sqlite3.Connection, event: LearnerEvent) -> dict[str, Belief]:
        """Beliefs about the event's concepts from all their observations, when it came late."""
        after: dict[str, Belief] = {}
        for seen in evidence(event):
            rows = connection.execute(
                "SELECT correct, instant FROM observations WHERE learner = ? AND concept = ? ORDER BY at, event, place",
                (event.learner_id, seen.concept),
            )
            if seen.concept not in after:
                after[seen.concept] = traced(
                    self._parameters.parameters(seen.concept),
                    ((bool(correct), instant) for correct, instant in rows),
                )
        return after

    def _rebuild(self, connection: sqlite3.Connection, learner_id: str) -> None:
        """Compute a learner's mastery and profile from the log alone."""
        beliefs: dict[str, Belief] = {}
        learner: _Learner | None = None
        for at, event in self._log(connection, learner_id):
            if learner is None:
                learner = _Learner(0, (at, event.id), event.at, Progress())
            learner.events += 1
            learner.last, learner.last_instant = (at, event.id), event.at
            learner.progress.advance(event, at, _probabilities(beliefs))
            beliefs.update(observed(event, beliefs, self._parameters))
        connection.execute("DELETE FROM mastery WHERE learner = ?", (learner_id,))
        connection.executemany(_UPSERT_MASTERY, _mastery_rows(learner_id, beliefs))
        if learner is not None:
            self._save(connection, learner_id, learner)

    def _log(self, connection: sqlite3.Connection, learner_id: str) -> Iterator[tuple[int, LearnerEvent]]:
        rows = connection.execute("SELECT at, body FROM events WHERE learner = ? ORDER BY at, id", (learner_id,))
        for at, body in rows:
            yield at, LearnerEvent.model_validate_json(body)

    def _save(self, connection: sqlite3.Connection, learner_id: str, learner: _Learner) -> None:
        connection.execute(
            "INSERT OR REPLACE INTO learners VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                learner_id,
                learner.events,
                *learner.last,
                learner.last_instant,
                self._derivation,
                json.dumps(learner.progress.plain()),
            ),
        )

    def _state(self, learner_id: str) -> LearnerState:
        connection = self._connection()
        with storage_errors(self.path):
            stored = connection.execute("SELECT derivation FROM learners WHERE learner = ?", (learner_id,)).fetchone()
            stale = stored is not None and stored[0] != self._derivation
            # One transaction for both tables, so that no other process writes in between.
            with transaction(connection, write=stale):
                row = self._fresh_row(connection, learner_id)
                mastery = connection.execute(
                    "SELECT concept, probability, observations, updated_at FROM mastery WHERE learner = ? "
                    "ORDER BY probability, concept",
                    (learner_id,),
                ).fetchall()
        progress = Progress() if row is None else Progress.restored(json.loads(row[4]))
        known = [probability for _, probability, _, _ in mastery]
        now = microseconds(self._clock().isoformat())
        return LearnerState(
            learner_id=learner_id,
            events=0 if row is None else row[0],
            mastery=tuple(
                Mastery(concept=concept, probability=probability, observations=count, updated_at=instant)
                for concept, probability, count, instant in mastery
            ),
            breadth=breadth(known),
            depth=depth(known),
            profile=progress.attributes(now, None if row is None else row[1], known),
        )

    def _events(self, learner_id: str, limit: int | None, kind: EventKind | None) -> tuple[LearnerEvent, ...]:
        with storage_errors(self.path):
            rows = self._connection().execute(
                "SELECT body FROM events WHERE learner = :learner AND (:kind IS NULL OR kind = :kind) "
                "ORDER BY at DESC, id DESC LIMIT :limit",
                {"learner": learner_id, "kind": kind, "limit": -1 if limit is None else limit},
            )
            return tuple(LearnerEvent.model_validate_json(body) for (body,) in rows)

    def _learners(self) -> list[LearnerSummary]:
        with storage_errors(self.path):
            rows = self._connection().execute("SELECT learner, events, last_instant FROM learners ORDER BY learner")
            return [LearnerSummary(*row) for row in rows]

    def _forget(self, learner_id: str) -> int:
        connection = self._connection()
        with storage_errors(self.path):
            with transaction(connection):
                connection.execute("INSERT INTO forgetting VALUES (?)", (learner_id,))
                deleted = connection.execute("DELETE FROM events WHERE learner = ?", (learner_id,)).rowcount
                for table in ("observations", "mastery", "learners", "forgetting"):
                    connection.execute(f"DELETE FROM {table} WHERE learner = ?", (learner_id,))
            # The write-ahead log still holds the pages as they were.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return deleted


_BEFORE_ALL = -(2**63)
_SELECT_LEARNER = "SELECT derivation, events, last_at, last_id, last_instant, progress FROM learners WHERE learner = ?"
_UPSERT_MASTERY = "INSERT OR REPLACE INTO mastery VALUES (?, ?, ?, ?, ?)"


def _prepared(events: Iterable[LearnerEvent]) -> list[tuple[LearnerEvent, int, str]]:
    return [(event, checked_event(event), _body(event)) for event in events]


def _body(event: LearnerEvent) -> str:
    """The event as canonical JSON: the same content always gives the same text."""
    try:
        text = json.dumps(event.model_dump(), ensure_ascii=False, allow_nan=False, sort_keys=True)
        text.encode("utf-8")
    except ValueError as error:
        raise InputError(
            f"its payload cannot be stored as JSON text: {error}",
            place=f"event {event.id!r}",
            remedy="leave out NaN, infinity and broken characters",
        ) from error
    return text


def _changes(plain: list[tuple[str, float, float]]) -> Changes:
    return tuple(MasteryChange(concept=concept, before=before, after=after) for concept, before, after in plain)


def _mastery_rows(learner_id: str, beliefs: Mapping[str, Belief]) -> Iterator[tuple[str, str, float, int, str | None]]:
    for concept, belief in beliefs.items():
        yield learner_id, concept, belief.probability, belief.observations, belief.updated_at


def _probabilities(beliefs: Mapping[str, Belief]) -> dict[str, float]:
    return {concept: belief.probability for concept, belief in beliefs.items()}

"""How events are stored and estimates follow, in one transaction of whichever database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

import orjson

from gradatim.domain import LearnerEvent, MasteryChange
from gradatim.errors import StorageError
from gradatim.memory.storage.canonical import Stored, read, same
from gradatim.memory.storage.derivation import SHORT_TAIL, Estimates, Replay, derivation_of, expired
from gradatim.memory.storage.sealing import Sealing, as_bytes, changes_context, estimates_context, event_context
from gradatim.memory.storage.session import NOT_TOLD, Body, EventRow, Key, LearnerRow, Session, Snapshot
from gradatim.memory.tracing import ParameterSource
from gradatim.memory.tracing.estimates import evidence

Changes = tuple[MasteryChange, ...]
Placed = tuple[int, str, LearnerEvent]
"""An event with its place on the time line."""


_SHARE = 8
"""A replay is made for at least so many new events as a part of it."""


@dataclass(frozen=True, slots=True)
class Present:
    """Estimates that rest on all of a learner's events."""

    row: LearnerRow
    estimates: Estimates
    snapshots: Sequence[Snapshot] = ()
    """Taken on the way to them and not stored yet."""


class Keeping:
    """What a learner memory does in one transaction.

    Args:
        parameters: Of knowledge tracing, by concept; estimates stored under others are redone when needed.
        sealing: Of bodies.
        place: Of the database, for messages.
    """

    def __init__(self, parameters: ParameterSource, sealing: Sealing, place: str) -> None:
        self.parameters = parameters
        self.derivation = derivation_of(parameters)
        self._sealing = sealing
        self._place = place

    def append(self, session: Session, group: Sequence[Stored]) -> int:
        """Store events together; estimates follow as far as their tails have become long."""
        rows = session.locked({event.learner_id for event, _, _ in group})
        fresh, _ = self._fresh(session, group)
        if not fresh:
            return 0
        by_learner: dict[str, list[Stored]] = {}
        for item in fresh:
            learner = item[0].learner_id
            if learner in by_learner:
                by_learner[learner].append(item)
            else:
                by_learner[learner] = [item]
        # learner by learner, so that a page of an index is sought once for all that comes into it
        session.add(self._rows(item for items in by_learner.values() for item in items))
        stamp = _stamp()
        for learner, items in by_learner.items():
            row = rows[learner]
            before, due = row.events, row.due
            if _count(row, items):
                left = self._retreat(session, row, min((at, event.id) for event, at, _ in items))
                row.due = _deferred(row.events, row.events - left, len(items))
                if due > before:  # others that came late wait for the same replay
                    row.due = min(due, row.due)
            row.stamp = stamp
            if row.events >= row.due:
                self.keep(session, self.present(session, row))
        session.save([rows[learner] for learner in by_learner])
        return len(fresh)

    def record(
        self, session: Session, item: Stored, row: LearnerRow, cached: Callable[[LearnerRow], Estimates | None]
    ) -> tuple[Changes, Present | None]:
        """Store one event.

        Args:
            session: The transaction.
            item: The event.
            row: Its learner's, locked; changed with what is stored.
            cached: Gives the estimates that belong to a row, where they are in memory.

        Returns:
            What it changed, and the estimates after it; none where it was stored already.
        """
        event, at, _ = item
        fresh, known = self._fresh(session, [item])
        if not fresh:
            return self._told(session, item, known[event.id][1]), None
        kept = cached(row)
        present = self.present(session, row) if kept is None else Present(row, kept)
        estimates, snapshots = present.estimates, list(present.snapshots)
        concepts = list(dict.fromkeys(seen.concept for seen in evidence(event)))
        before = [estimates.probability(concept, self.parameters) for concept in concepts]
        if (at, event.id) > row.last:
            estimates.advance(event, at, self.parameters)
            if estimates.due:
                snapshots.append(estimates.snapshot())
        else:
            replay = self._replay(session, event.learner_id, (at, event.id), extra=(at, event.id, event))
            self._retreat(session, row, (at, event.id))
            estimates, snapshots = replay.estimates, replay.snapshots
        changes = tuple(
            MasteryChange(concept=concept, before=value, after=estimates.probability(concept, self.parameters))
            for concept, value in zip(concepts, before, strict=True)
        )
        told = orjson.dumps([(change.concept, change.before, change.after) for change in changes])
        session.add([self._event_row(item, told)])
        _count(row, [item])
        row.stamp = _stamp()
        present = Present(row, estimates, snapshots)
        self.keep(session, present)
        session.save([row])
        return changes, present

    def present(self, session: Session, row: LearnerRow) -> Present:
        """A learner's estimates now: the newest snapshot and what came after it."""
        replay = self._replay(session, row.learner, None)
        return Present(row, replay.estimates, replay.snapshots)

    def keep(self, session: Session, present: Present) -> None:
        """Store the snapshots that were taken, and note in the row when the next one is due."""
        row, estimates, snapshots = present.row, present.estimates, present.snapshots
        row.due = estimates.snapshot_events + estimates.tail_limit
        if not snapshots:
            return
        old = expired(session.ordinals(row.learner, self.derivation), snapshots[-1].ordinal)
        sealed = [
            one._replace(body=self._sealing.seal(as_bytes(one.body), estimates_context(row.learner, one.key)))
            for one in snapshots
        ]
        session.keep(row.learner, self.derivation, sealed, old)

    def read(self, event_id: str, stored: Body) -> LearnerEvent:
        """The event of a stored body."""
        return read(self._sealing.open(stored, event_context(event_id)))

    def _fresh(self, session: Session, group: Sequence[Stored]) -> tuple[list[Stored], dict[str, tuple[Body, Body]]]:
        """Events that are not stored yet, each once; and what is stored of the others."""
        by_id: dict[str, Stored] = {}
        for item in group:
            first = by_id.setdefault(item[0].id, item)
            if first is not item and first[2] != item[2]:
                raise self._conflict(item[0].id)
        known = session.stored(list(by_id))
        for event_id, (body, _) in known.items():
            if not same(self._sealing.open(body, event_context(event_id)), by_id[event_id][2]):
                raise self._conflict(event_id)
        return [item for event_id, item in by_id.items() if event_id not in known], known

    def _conflict(self, event_id: str) -> StorageError:
        return StorageError(
            f"event {event_id!r} is already stored with another content",
            place=self._place,
            remedy="events are never changed: give the new event an id of its own",
        )

    def _event_row(self, item: Stored, changes: bytes) -> EventRow:
        event, at, body = item
        if self._sealing.cipher is not None:
            body = self._sealing.seal(body, event_context(event.id))
            changes = self._sealing.seal(changes, changes_context(event.id)) if changes else changes
        return event.id, event.learner_id, at, event.kind, body, changes

    def _rows(self, items: Iterable[Stored]) -> list[EventRow]:
        if self._sealing.cipher is not None:
            return [self._event_row(item, NOT_TOLD) for item in items]
        return [(event.id, event.learner_id, at, event.kind, body, NOT_TOLD) for event, at, body in items]

    def _told(self, session: Session, item: Stored, stored: Body) -> Changes:
        """The changes of an event that is stored: as they were told, or else at its place in the order of time."""
        event, at, _ = item
        if stored:
            plain = orjson.loads(self._sealing.open(stored, changes_context(event.id)))
        else:
            estimates = self._restored(session, event.learner_id, (at, event.id))
            for when, identifier, earlier in self._events(session, event.learner_id, estimates.key):
                if identifier == event.id:
                    break
                estimates.advance(earlier, when, self.parameters)
            concepts = list(dict.fromkeys(seen.concept for seen in evidence(event)))
            before = [estimates.probability(concept, self.parameters) for concept in concepts]
            estimates.advance(event, at, self.parameters)
            after = [estimates.probability(concept, self.parameters) for concept in concepts]
            plain = zip(concepts, before, after, strict=True)
        return tuple(MasteryChange(concept=concept, before=before, after=after) for concept, before, after in plain)

    def _retreat(self, session: Session, row: LearnerRow, key: Key) -> int:
        """Give up the snapshots that a late event makes invalid; returns how many events the newest left covers."""
        session.drop(row.learner, key)
        left = session.snapshot(row.learner, self.derivation)
        return 0 if left is None else left.events

    def _replay(self, session: Session, learner: str, before: Key | None, extra: Placed | None = None) -> Replay:
        """From the newest snapshot (before a place) through all that comes after it, and one more event."""
        replay = Replay(self._restored(session, learner, before), self.parameters)
        events = self._events(session, learner, replay.estimates.key)
        for at, _, event in events if extra is None else merge(events, [extra], key=lambda placed: placed[:2]):
            replay.advance(event, at)
        return replay

    def _restored(self, session: Session, learner: str, before: Key | None) -> Estimates:
        found = session.snapshot(learner, self.derivation, before)
        if found is None:
            return Estimates()
        return Estimates.restored(found, self._sealing.open(found.body, estimates_context(learner, found.key)))

    def _events(self, session: Session, learner: str, after: Key) -> Iterator[Placed]:
        for at, event_id, body in session.since(learner, after):
            yield at, event_id, self.read(event_id, body)


def _count(row: LearnerRow, items: Sequence[Stored]) -> bool:
    """Count a learner's new events; whether any of them came later than one that is stored already."""
    before = last = row.last
    late = False
    for event, at, _ in items:
        if at >= before[0]:
            key = (at, event.id)
            if key > last:
                last, row.last_instant = key, event.at
            late = late or key < before
        else:
            late = True
    row.events += len(items)
    row.last = last
    return late


def _deferred(events: int, tail: int, new: int) -> int:
    """At how many events estimates are redone after some came late: so that a replay is shared by many new events.

    Args:
        events: The learner has.
        tail: Events that have to be replayed.
        new: Those that came together just now.
    """
    enough = max(SHORT_TAIL, tail // _SHARE)
    return events if new >= enough else events + enough - new


def _stamp() -> int:
    return secrets.randbits(62)

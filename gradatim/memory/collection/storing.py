"""Groups of events into the event log: what is new, what was there, what contradicts what is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Protocol

import orjson

from gradatim.domain import EventKind, LearnerEvent
from gradatim.errors import InputError, StorageError
from gradatim.memory.collection.gate import NOT_AGREED, Gate
from gradatim.memory.collection.groups import Group
from gradatim.memory.collection.quarantine import QuarantineFile
from gradatim.memory.collection.row import Rejected
from gradatim.memory.collection.tally import Tally

_NAMED = 3
"""Contradictions of a group that are taken out one by one before the group is divided."""
_PART = 64
_CONTRADICTED = "an event of this id is stored with another content"
_NUMBER = re.compile(r"(?<!ISO )-?\d[\d.,e+]*")


class EventSink(Protocol):
    """What a collection needs of an event log or a learner memory."""

    async def append(self, events: Iterable[LearnerEvent]) -> int:
        """Store events, all or none; returns how many were new. What it has acknowledged is on disk."""
        ...

    async def events(
        self, learner_id: str, limit: int | None = None, kind: EventKind | None = None
    ) -> tuple[LearnerEvent, ...]:
        """A learner's events, newest first."""
        ...


class Storing:
    """Stores groups and settles every row of them.

    Args:
        log: Where events go.
        quarantine: Where everything goes that cannot be stored.
        gate: Says whose events may be stored, and under which name; all are, as they are, when not given.
    """

    def __init__(self, log: EventSink, quarantine: QuarantineFile, gate: Gate | None = None) -> None:
        self._log = log
        self._quarantine = quarantine
        self._gate = gate

    async def settle(self, group: Group, tally: Tally, file: str, form: str) -> None:
        """Store a group's events, quarantine its rejected rows, and count them all.

        Raises:
            StorageError: The storage cannot be used; earlier groups are stored.
        """
        tally.read += group.read
        tally.late += group.late
        tally.aligned += group.aligned
        tally.without_event += group.skipped
        for row in group.rejected:
            self._reject(row, tally, file, form)
        admitted = group.events if self._gate is None else await self._gate.admit(group.events)
        pairs = [(event, place) for event, place in zip(admitted, group.places, strict=True) if event is not None]
        if len(pairs) < len(admitted):
            tally.without_event[NOT_AGREED] += len(admitted) - len(pairs)
        restated = await self._restated([event for event, _ in pairs])
        tally.duplicates += len(restated)
        await self._store([row for number, row in enumerate(pairs) if number not in restated], tally, file)

    async def _store(self, rows: Sequence[tuple[LearnerEvent, int]], tally: Tally, file: str) -> None:
        """Store events; those that contradict stored ones are found by the names in the errors."""
        left = list(rows)
        for _ in range(_NAMED if len(left) > _PART else len(left) + 1):
            if not left:
                return
            try:
                new = await self._log.append([event for event, _ in left])
            except (StorageError, InputError) as error:
                if not _about_one_event(error):
                    raise
                place = next((at for at, (event, _) in enumerate(left) if repr(event.id) in f"{error}"), None)
                if place is None:
                    raise
                # The same id may stand several times; the storage stops at its last one at the latest.
                same = [at for at, (event, _) in enumerate(left) if event.id == left[place][0].id]
                self._contradicted(left.pop(same[-1]), error, tally, file)
                continue
            tally.stored += new
            tally.duplicates += len(left) - new
            return
        for begin in range(0, len(left), _PART):
            await self._store(left[begin : begin + _PART], tally, file)

    async def _restated(self, events: Sequence[LearnerEvent]) -> set[int]:
        """Which events a grade book that was exported again repeats: only the instant of the export differs."""
        by_learner: dict[str, list[int]] = {}
        for number, event in enumerate(events):
            if event.payload.get("instant") == "export":
                by_learner.setdefault(event.learner_id, []).append(number)
        restated: set[int] = set()
        for learner_id, numbers in by_learner.items():
            known = {found.id: found for found in await self._log.events(learner_id)}
            for number in numbers:
                found = known.get(events[number].id)
                if found is not None and found.model_copy(update={"at": events[number].at}) == events[number]:
                    restated.add(number)
        return restated

    def _contradicted(
        self, row: tuple[LearnerEvent, int], error: StorageError | InputError, tally: Tally, file: str
    ) -> None:
        event, place = row
        reason = _CONTRADICTED if isinstance(error, StorageError) else error.message
        raw = orjson.dumps(event.plain())
        self._reject(Rejected(place, reason, raw), tally, file, "gradatim")

    def _reject(self, row: Rejected, tally: Tally, file: str, form: str) -> None:
        self._quarantine.write(row, file, form)
        tally.quarantined += 1
        tally.reasons[_gist(row.reason)] += 1


def _about_one_event(error: StorageError | InputError) -> bool:
    """Whether an error speaks of one event rather than of the storage."""
    return isinstance(error, InputError) or "already stored with another content" in error.message


def _gist(reason: str) -> str:
    """A reason without what differs from row to row, so that few counts say it all."""
    return _NUMBER.sub("…", reason.partition("'")[0].rstrip() + (" …" if "'" in reason else ""))

"""Rows of a file in groups: what one process reads and another stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradatim.domain import LearnerEvent, Observation
from gradatim.memory.collection.clocks import Clocks
from gradatim.memory.collection.formats import reader_of
from gradatim.memory.collection.ledger import Estimate
from gradatim.memory.collection.row import Parsed, Reader, ReadingOptions, Rejected, Row
from gradatim.memory.inputs import microseconds

SIZE = 10_000
"""Rows of a group: what is stored together seeks each page of an index once."""
BYTES = 8 * 1024 * 1024
"""Bytes of payload and rejected rows after which a group is closed early."""
_FIELDS = set(LearnerEvent.model_fields)
_LEARNERS = 200_000
"""Learners whose latest instants are remembered, to count late events."""


@dataclass(slots=True)
class Group:
    """Some rows and what they tell."""

    events: list[LearnerEvent] = field(default_factory=list[LearnerEvent])
    places: list[int] = field(default_factory=list[int])
    """Row of each event."""
    rejected: list[Rejected] = field(default_factory=list[Rejected])
    skipped: Counter[str] = field(default_factory=Counter[str])
    read: int = 0
    late: int = 0
    aligned: int = 0
    position: int = 0
    """Bytes of the file read so far."""

    def packed(self) -> tuple[Any, ...]:
        """As plain data, which crosses to another process several times faster than the events themselves."""
        events = [
            (event.id, event.learner_id, event.kind, event.at, event.task_id,
             tuple((seen.concept, seen.correct) for seen in event.observations), event.source, event.payload)
            for event in self.events
        ]  # fmt: skip
        rejected = [tuple(row) for row in self.rejected]
        return events, self.places, rejected, dict(self.skipped), self.read, self.late, self.aligned, self.position

    @classmethod
    def unpacked(cls, plain: tuple[Any, ...]) -> Group:
        """The group again; its events were validated where they were read."""
        events, places, rejected, skipped, read, late, aligned, position = plain
        seen: dict[tuple[tuple[str, bool], ...], tuple[Observation, ...]] = {}
        made: list[LearnerEvent] = []
        for identifier, learner, kind, at, task, pairs, source, payload in events:
            if pairs not in seen:
                seen[pairs] = tuple(Observation(concept=concept, correct=correct) for concept, correct in pairs)
            made.append(
                LearnerEvent.model_construct(
                    _FIELDS, id=identifier, learner_id=learner, kind=kind, at=at, task_id=task,
                    observations=seen[pairs], source=source, payload=payload,
                )
            )  # fmt: skip
        return cls(made, places, [Rejected(*row) for row in rejected], Counter(skipped), read, late, aligned, position)


@dataclass(frozen=True, slots=True)
class Job:
    """A file to read."""

    path: Path
    form: str
    """Name of its format."""
    options: ReadingOptions
    recorded: tuple[Estimate, ...] = ()
    """Estimates of clocks from earlier collections."""


class Grouping:
    """Rows into groups, with instants aligned and late events counted.

    Args:
        clocks: Which clocks are off by how much.
    """

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._latest: dict[str, int] = {}
        self._aligned = 0
        self._bytes = 0
        self.group = Group()

    def add(self, row: Row) -> None:
        """Put a row into the group."""
        group = self.group
        group.read += 1
        if isinstance(row, Parsed):
            event = row.event if row.sighting is None else self._clocks.align(row)
            group.events.append(event)
            group.places.append(row.place)
            at = microseconds(event.at)
            latest = self._latest.get(event.learner_id)
            if latest is not None and at < latest:
                group.late += 1
            else:
                self._latest[event.learner_id] = at
                if len(self._latest) > _LEARNERS:
                    del self._latest[next(iter(self._latest))]
            code = event.payload.get("code")
            self._bytes += len(code) if type(code) is str else 0
        elif isinstance(row, Rejected):
            group.rejected.append(row)
            self._bytes += len(row.raw)
        else:
            group.skipped[row.reason] += 1

    @property
    def full(self) -> bool:
        """Whether the group should be stored now."""
        return self.group.read >= SIZE or self._bytes >= BYTES

    def taken(self) -> Group:
        """The group so far; a new one begins."""
        group, self.group, self._bytes = self.group, Group(), 0
        group.aligned, self._aligned = self._clocks.aligned - self._aligned, self._clocks.aligned
        return group


def compared(job: Job, reader: Reader) -> Clocks:
    """The clocks of a file: from a first reading of it, where its rows tell of two."""
    clocks = Clocks(job.recorded)
    if reader.two_clocks(job.path):
        rows = reader.read(job.path)
        clocks.watch(row.sighting for row in rows if isinstance(row, Parsed) and row.sighting is not None)
        job.options.position.bytes = 0
    return clocks


def groups(job: Job) -> Iterator[Group | list[Estimate]]:
    """First the new estimates of clocks, if there are any, which have to be recorded; then the rows in groups.

    Raises:
        InputError: The file cannot be read, or is not of its format.
    """
    reader = reader_of(job.form, job.options)
    clocks = compared(job, reader)
    if clocks.added:
        yield clocks.added
    yield from grouped(reader.read(job.path), clocks, job.options)


def grouped(rows: Iterable[Row], clocks: Clocks, options: ReadingOptions) -> Iterator[Group]:
    """Rows in groups."""
    grouping = Grouping(clocks)
    for row in rows:
        grouping.add(row)
        if grouping.full:
            group = grouping.taken()
            group.position = options.position.bytes
            yield group
    if grouping.group.read:
        yield grouping.taken()

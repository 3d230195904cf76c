"""What a reader makes of a file: one row for each record, whatever became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from gradatim.domain import LearnerEvent
from gradatim.memory.collection.concepts import ConceptMap


class Sighting(NamedTuple):
    """One happening that two clocks told of."""

    clock: str
    """Name of the source's clock."""
    seen: int
    """Instant on that clock, microseconds since 1970."""
    reference: int
    """Instant at which a server, whose clock counts, heard of it; never before it happened."""
    prefer_reference: bool = False
    """Which instant holds where too little is known to align the clock: the server's, or the source's own."""


class Parsed(NamedTuple):
    """A record that tells of an event."""

    place: int
    """Number of the row, counted from 1; of the line in a file of lines."""
    event: LearnerEvent
    sighting: Sighting | None = None


class Rejected(NamedTuple):
    """A record that cannot be used."""

    place: int
    reason: str
    raw: bytes
    """The record as it stood in the file."""
    context: Mapping[str, Any] = {}
    """What else is needed to read it again: the header of its table, the envelope around it."""


class Skipped(NamedTuple):
    """A record that is in order and tells of no event."""

    place: int
    reason: str


Row = Parsed | Rejected | Skipped


class RowError(ValueError):
    """A record is not what its format says; the text is the reason for the quarantine."""


class NoEvent(Exception):
    """A record in order that tells of no event; the text is the reason."""


@dataclass(slots=True)
class Position:
    """How far a reader has come, for whoever watches."""

    bytes: int = 0


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person adds to what a file says."""

    concepts: ConceptMap = field(default_factory=ConceptMap)
    """Which concepts an item is about."""
    source: str | None = None
    """Name of the system that the records come from; what the records say where it is not given."""
    pass_mark: float | None = None
    """Share of the points, 0–1, from which an outcome counts as correct; the format's own when not given."""
    at: str | None = None
    """Instant of records that carry none, ISO 8601."""
    qualify: bool = False
    """Put the home page before xAPI account names, where several systems give the same names."""
    position: Position = field(default_factory=Position, compare=False)
    """Kept up to date while a file is read."""


class Reader(Protocol):
    """Reads one format, a row for each record, without ever holding a whole file."""

    name: str
    """Of the format, as `--format` takes it."""

    def read(self, path: Path) -> Iterator[Row]:
        """All rows of a file or folder, in its order.

        Raises:
            InputError: The file as a whole is not of this format.
        """
        ...

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """Rows of one record by itself, as a quarantine file or a stream hands it over."""
        ...

    def two_clocks(self, path: Path) -> bool:
        """Whether records tell instants of two clocks, so that a first reading for the clocks pays."""
        ...

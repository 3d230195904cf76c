"""What a database has to offer so that a learner memory can be kept in it.

Everything that decides anything stands outside the databases and is written once. A database gives transactions, and
in them the few questions and changes of `Session`. Bodies are bytes that it does not look into.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeVar

from gradatim.memory.protocol import LearnerSummary

T = TypeVar("T")

Key = tuple[int, str]
"""Place of an event on the learner's time line: instant in microseconds since 1970, then id."""
BEFORE_ALL: Key = (-(2**63), "")

Body = bytes | str
"""As stored; text only where the first version of the store wrote it."""
NOT_TOLD = b""
"""In place of the changes of an event that was stored in a batch."""


EventRow = tuple[str, str, int, str, bytes, bytes]
"""One event as it is stored: id, learner, instant, kind, body, changes; a plain tuple, since there are millions."""


@dataclass(slots=True)
class LearnerRow:
    """What is known of a learner without reading events."""

    learner: str
    events: int = 0
    last: Key = BEFORE_ALL
    last_instant: str = ""
    """Of the latest event, as it gave it."""
    due: int = 0
    """With how many events the next snapshot of the estimates is due."""
    stamp: int = 0
    """Another number after every change: estimates in memory that carry it are those of the stored events."""


class Snapshot(NamedTuple):
    """Estimates as they were after one event of a learner."""

    key: Key
    ordinal: int
    """Counts a learner's snapshots from 1."""
    events: int
    """How many events they rest on."""
    body: Body


class DecisionRow(NamedTuple):
    """One reviewer's decision as it is stored."""

    id: str
    learner: str | None
    at: str
    body: Body


class Session(Protocol):
    """One transaction."""

    # Events and learners

    def locked(self, learners: Collection[str]) -> dict[str, LearnerRow]:
        """Rows of learners, new ones for new learners, kept from other writers until the transaction ends."""
        ...

    def row(self, learner: str) -> LearnerRow | None:
        """One learner's row."""
        ...

    def stored(self, ids: Sequence[str]) -> dict[str, tuple[Body, Body]]:
        """Bodies and changes of those of these events that are stored."""
        ...

    def add(self, events: Sequence[EventRow]) -> None:
        """Store events that are not stored yet."""
        ...

    def save(self, rows: Collection[LearnerRow]) -> None:
        """Store rows of learners."""
        ...

    def since(self, learner: str, after: Key) -> Iterator[tuple[int, str, Body]]:
        """A learner's events after a place, in order: instant, id, body; read as they are asked for."""
        ...

    def latest(self, learner: str, limit: int | None, kind: str | None) -> list[tuple[str, Body]]:
        """A learner's events, newest first: id, body."""
        ...

    def of_kind(self, kind: str) -> list[tuple[str, Body]]:
        """Events of all learners: id, body."""
        ...

    def learners(self) -> list[LearnerSummary]:
        """All learners with events, by id."""
        ...

    # Estimates

    def snapshot(self, learner: str, derivation: str, before: Key | None = None) -> Snapshot | None:
        """The newest snapshot of a derivation, strictly before a place where one is given."""
        ...

    def ordinals(self, learner: str, derivation: str) -> list[int]:
        """Which snapshots there are."""
        ...

    def keep(self, learner: str, derivation: str, snapshots: Sequence[Snapshot], expired: Collection[int]) -> None:
        """Store snapshots; delete expired ones and those of other derivations."""
        ...

    def drop(self, learner: str, since: Key) -> None:
        """Delete snapshots that rest on events from this place on."""
        ...

    # Forgetting

    def forget(self, learner: str) -> int:
        """Delete all of a learner; returns the number of events."""
        ...

    # Decisions

    def decision(self, record_id: str) -> Body | None:
        """The body of a decision."""
        ...

    def add_decision(self, row: DecisionRow) -> None:
        """Store a decision that is not stored yet."""
        ...

    def decisions(self, learner: str | None) -> list[tuple[str, Body]]:
        """Decisions, oldest first: id, body."""
        ...

    def forget_decisions(self, learner: str) -> int:
        """Delete a learner's decisions; returns how many there were."""
        ...

    def note_use(self, task: str) -> None:
        """Remember a task."""
        ...

    def used(self, task: str) -> bool:
        """Whether it is remembered."""
        ...

    # Encryption

    def mark(self, name: str) -> bytes | None:
        """A remark of the store about itself."""
        ...

    def set_mark(self, name: str, value: bytes | None) -> None:
        """Change a remark, or delete it."""
        ...

    def bodies(self, table: SealedTable, after: tuple[str | int, ...], limit: int) -> list[SealedRow]:
        """Rows of a table with sealed bodies, in the order of their keys, after one of them."""
        ...

    def replace_bodies(self, table: SealedTable, rows: Iterable[SealedRow]) -> None:
        """Put other bodies in place; only while the mark `ENCRYPTING` is set."""
        ...


SealedTable = Literal["events", "estimates", "decisions"]
SEALED_TABLES: tuple[SealedTable, ...] = ("events", "estimates", "decisions")
ENCRYPTION = "encryption"
"""Mark: a known text, sealed with the key of the store."""
ENCRYPTING = "encrypting"
"""Mark: the same, while a store is being encrypted."""


class SealedRow(NamedTuple):
    """What is sealed in one row."""

    key: tuple[str | int, ...]
    bodies: tuple[Body, ...]


class Database(Protocol):
    """Transactions, in the threads of the caller."""

    @property
    def place(self) -> str:
        """Where it is, for messages; without passwords."""
        ...

    @property
    def threads(self) -> int:
        """How many transactions may run at the same time."""
        ...

    def connect(self) -> None:
        """Connect, and make or migrate the tables, unless that was done."""
        ...

    def run(self, work: Callable[[Session], T], *, write: bool) -> T:
        """Do some work in one transaction; where another writer is in the way, all of it again.

        Raises:
            StorageError: The database cannot be used.
        """
        ...

    def in_bulk(self, bulk: bool) -> None:
        """Make ready for very many writes, or for what is usual again."""
        ...

    def clear(self) -> None:
        """Get rid of the bytes of what was deleted."""
        ...

    def rewrite(self) -> None:
        """Write everything anew, without what was replaced."""
        ...

    def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings occur."""
        ...

    def close(self) -> None:
        """Give everything back."""
        ...

"""What every event log promises, whichever database it lies in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Protocol, Self

from gradatim.domain import EventKind, LearnerEvent, LearnerState, MasteryChange
from gradatim.memory.protocol import LearnerSummary


class EventLog(Protocol):
    """Append-only events of all learners, and the estimates that follow from them.

    Events are ordered by their instant and then by their id, whenever they arrive: an event that comes late gives
    the same state as one that came in time, whichever call stored it. Whatever a call has acknowledged survives a
    killed process and a power failure.

    Every method raises `InputError` for what cannot be stored and `StorageError` when the database cannot be used.
    """

    async def open(self) -> None:
        """Connect now rather than at the first call; makes or migrates the tables."""
        ...

    async def append(self, events: Iterable[LearnerEvent]) -> int:
        """Store events, all or none; an event already stored is passed over.

        Returns:
            How many were new.

        Raises:
            StorageError: An id is stored with another content; names the id.
        """
        ...

    async def ingest(self, events: Iterable[LearnerEvent]) -> int:
        """Store any number of events, a few thousand at a time, with memory for two such groups.

        Every group is stored whole or not at all, and is on disk before the next but one is drawn. The events are
        drawn in a thread of the storage. Repeating the call after an error passes over what was stored.

        Returns:
            How many were new.

        Raises:
            InputError: An event cannot be stored; names it. Nothing of its group is stored, earlier groups are.
            StorageError: An id is stored with another content; names the id. The same holds for its group.
        """
        ...

    async def record(self, event: LearnerEvent) -> tuple[MasteryChange, ...]:
        """Store one event and tell what it changed in the beliefs at the moment it was stored.

        Recording the same event again stores nothing and returns the same changes. For an event that `append` or
        `ingest` stored, they are the changes at its place in the order of time.

        Raises:
            StorageError: The id is stored with another content; names the id.
        """
        ...

    async def state(self, learner_id: str) -> LearnerState:
        """What is known about a learner now; a learner never heard of has an empty state."""
        ...

    async def events(
        self, learner_id: str, limit: int | None = None, kind: EventKind | None = None
    ) -> tuple[LearnerEvent, ...]:
        """A learner's events, newest first; at most `limit`, only those of one kind where one is named."""
        ...

    async def of_kind(self, kind: EventKind) -> tuple[LearnerEvent, ...]:
        """The events of one kind of all learners, by learner and then oldest first.

        Meant for kinds of which there are few, such as `consent` and `correction`.
        """
        ...

    async def learners(self) -> list[LearnerSummary]:
        """All learners with events, ordered by id."""
        ...

    async def forget(self, learner_id: str) -> int:
        """Delete a learner's events, estimates and decisions, and what the database still holds of their bytes.

        Returns:
            How many events were deleted.
        """
        ...

    async def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings still occur in what the database keeps on disk.

        Returns:
            Places such as `memory.sqlite3-wal` or `table events, column body`; empty when there are none.
        """
        ...

    async def aclose(self) -> None:
        """Release connections and threads; may be called again."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

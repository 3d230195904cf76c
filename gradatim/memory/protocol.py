"""What every learner memory promises, whatever it is stored in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, NamedTuple, Protocol, Self

from gradatim.domain import EventKind, LearnerEvent, LearnerState, MasteryChange, Recollection

RecollectionKind = Literal["error", "feedback"]
STATE = "state"
"""Name of the features that are compared when no other is given."""


@dataclass(frozen=True, slots=True)
class LearnerFeatures:
    """Numbers that describe a learner, to find similar ones by.

    Learners are compared by the cosine of their numbers, so these should be centred where "average" is to mean
    nothing: a mastery of 0.5 as 0.0.

    Attributes:
        learner_id: Whose.
        values: Finite; as many for every learner of one space.
        at: Instant they were taken at, ISO 8601.
        space: What the numbers mean, with a version (`mastery-v1`). Only those of one space are compared.
    """

    learner_id: str
    values: tuple[float, ...]
    at: str
    space: str = STATE


class SimilarLearner(NamedTuple):
    """A learner whose features resemble those asked for."""

    learner_id: str
    similarity: float
    """Cosine, in [-1, 1]."""


class LearnerSummary(NamedTuple):
    """One learner of whom something is remembered."""

    learner_id: str
    events: int
    last_at: str
    """Instant of the latest event, as that event gave it."""


class LearnerMemory(Protocol):
    """The shared memory of all learners: an append-only log of events and what follows from it.

    Events are ordered by their instant and then by their id, whenever they arrive: an event that comes late
    gives the same state as one that came in time. Whatever a call has acknowledged is on disk.

    Learner, event, task and concept ids are any visible text of up to 200 characters, kept letter for letter.

    Every method raises `InputError` for what cannot be stored and `StorageError` when the storage cannot be
    used.
    """

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
        """A learner's events, newest first.

        Args:
            learner_id: Whose.
            limit: At most so many; all when not given.
            kind: Only events of this kind.
        """
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
        """Delete all that is stored about a learner: events, estimates, recollections.

        Returns:
            How many events were deleted.
        """
        ...

    async def traces(self, needles: Sequence[bytes]) -> list[str]:
        """Where any of these byte strings still occur in what is kept on disk; empty when nowhere."""
        ...

    async def remember(self, recollections: Sequence[Recollection]) -> None:
        """Store earlier errors and feedback for `recall`; the same learner and id again replaces."""
        ...

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
        """This learner's errors and feedback that resemble a text, most similar first.

        Args:
            learner_id: Whose; nobody else's are ever returned.
            text: What they should resemble; a blank text resembles nothing.
            concepts: Only those about at least one of these concepts, when given.
            kinds: Only those of these kinds, when given.
            since: Only those of this instant or later, when given.
            limit: At most so many.
        """
        ...

    async def remember_features(self, features: Sequence[LearnerFeatures]) -> None:
        """Store numbers that describe learners, for `similar_learners`; the same learner and space again replaces."""
        ...

    async def similar_learners(
        self, values: Sequence[float], *, space: str = STATE, without: Collection[str] = (), limit: int = 10
    ) -> list[SimilarLearner]:
        """Learners whose features resemble some numbers, most similar first; of equals, by id.

        Args:
            values: As many as the features of the space have.
            space: Which features are compared.
            without: Learners to leave out, above all the one who asks.
            limit: At most so many.
        """
        ...

    async def aclose(self) -> None:
        """Release files and threads; may be called again."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

"""The count of a collection, which has to add up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Tally:
    """What became of the rows of a collection: every row is counted when read and once more by what became of it."""

    read: int = 0
    """Rows that the readers found."""
    stored: int = 0
    """Rows whose events are new."""
    duplicates: int = 0
    """Rows whose events were stored before, by this collection or an earlier one."""
    quarantined: int = 0
    without_event: Counter[str] = field(default_factory=Counter[str])
    """Rows in order that tell of no event, by reason."""
    reasons: Counter[str] = field(default_factory=Counter[str])
    """Quarantined rows by the gist of their reason."""
    late: int = 0
    """Events that came after a later one of the same learner."""
    aligned: int = 0
    """Events whose instants were corrected."""

    @property
    def settled(self) -> int:
        """Rows of which it is known what became of them."""
        return self.stored + self.duplicates + self.quarantined + self.without_event.total()

    def check(self) -> None:
        """Hold that no row was lost.

        Raises:
            RuntimeError: The count does not add up: a bug in a reader or in the collection.
        """
        if self.read != self.settled:
            raise RuntimeError(f"{self.read} rows were read, and {self.settled} are accounted for")

    def add(self, other: Tally) -> None:
        """Take in the count of another part of the collection."""
        self.read += other.read
        self.stored += other.stored
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined
        self.without_event += other.without_event
        self.reasons += other.reasons
        self.late += other.late
        self.aligned += other.aligned

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "read": self.read,
            "stored": self.stored,
            "duplicates": self.duplicates,
            "quarantined": self.quarantined,
            "without_event": self.without_event.total(),
            "without_event_reasons": dict(self.without_event.most_common()),
            "quarantine_reasons": dict(self.reasons.most_common()),
            "late": self.late,
            "aligned": self.aligned,
        }

"""How a batch ended: every item counted once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, get_args

from gradatim.graphs.batch.items import Status
from gradatim.graphs.batch.ledger import Ledger

EXPLAINED: tuple[Status, ...] = ("degraded", "held", "refused", "failed")
"""Statuses that come with reasons."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of a batch; `counts` and `remaining` add up to `total`.

    Attributes:
        written: Lines that this run added.
        remaining: Items still to be done, where the batch was stopped.
        reasons: Status → reason → items.
        seconds: That this run took.
    """

    total: int
    written: int
    remaining: int
    seconds: float
    counts: dict[Status, int] = field(default_factory=dict[Status, int])
    reasons: dict[Status, Counter[str]] = field(default_factory=dict[Status, Counter[str]])

    @classmethod
    def of(cls, ledger: Ledger, *, written: int, seconds: float) -> Summary:
        """What the ledger says."""
        counts = ledger.counts()
        ordered: dict[Status, int] = {status: counts[status] for status in get_args(Status) if status in counts}
        return cls(ledger.total, written, ledger.remaining(), seconds, ordered, ledger.reasons(EXPLAINED))

    @property
    def exit_code(self) -> int:
        """3 where something failed or is left, else 2 where a program was refused, else 1 where a person is asked."""
        if self.counts.get("failed") or self.remaining:
            return 3
        if self.counts.get("refused"):
            return 2
        return 1 if self.counts.get("held") else 0

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "total": self.total,
            **{status: self.counts.get(status, 0) for status in get_args(Status)},
            "remaining": self.remaining,
            "written": self.written,
            "seconds": round(self.seconds, 3),
            "per_second": round(self.written / self.seconds, 3) if self.seconds else None,
            "reasons": {status: dict(reasons.most_common()) for status, reasons in self.reasons.items()},
        }

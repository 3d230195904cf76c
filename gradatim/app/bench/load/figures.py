"""From what client and server noted to the figures of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.app.bench.load.timing import Requests
from gradatim.domain import Assessment


@dataclass(frozen=True, slots=True)
class Made:
    """One assessment that was asked for.

    Attributes:
        assessment: `None` where there was an error.
        seconds: From asking to having it.
    """

    assessment: Assessment | None
    error: str | None
    seconds: float
    requests: Requests

    @property
    def end(self) -> str:
        """How it ended: `delivered`, `degraded`, `review` or `error`."""
        if self.assessment is None:
            return "error"
        if self.assessment.waiting:
            return "review"
        if not self.assessment.delivered:
            return "undelivered"
        return "degraded" if self.assessment.degradations else "delivered"


def ends(made: Sequence[Made]) -> dict[str, int]:
    """How many ended in which way."""
    found: dict[str, int] = {"delivered": 0, "degraded": 0, "review": 0, "error": 0, "undelivered": 0}
    for item in made:
        found[item.end] += 1
    return found


def busy(records: Sequence[Mapping[str, Any]], slots: int) -> tuple[float | None, float | None]:
    """Share of the server's capacity that was used, and the same of the ramp-down.

    The ramp-down begins with the arrival of the last `slots` requests: from then on the server cannot be kept full.

    Returns:
        From the first request to the ramp-down, and from there to the end; `None` of nothing.
    """
    arrivals = sorted(records, key=lambda record: record["arrived"])
    if len(arrivals) <= slots:
        return None, None
    first, turn = arrivals[0], arrivals[-slots]
    last = max(arrivals, key=lambda record: record["ended"])
    return (
        _share(first["arrived"], first["used_at_arrival"], turn["arrived"], turn["used_at_arrival"]),
        _share(turn["arrived"], turn["used_at_arrival"], last["ended"], last["used_at_end"]),
    )


def added(made: Sequence[Made], records: Sequence[Mapping[str, Any]]) -> list[float]:
    """Seconds that the client added to each assessment, in order of size.

    For each question that a node asked, the time to its answer, without the time from arrival to last byte by the
    server's own clock and without waiting in the client's queue while the server was full.
    """
    served = {str(record["id"]): float(record["ended"] - record["arrived"]) for record in records}
    found: list[float] = []
    for item in made:
        ids = item.requests.answered
        if item.assessment is None or not ids or any(identifier not in served for identifier in ids):
            continue
        asked = sum(spent.seconds for spent in item.assessment.usage.values())
        found.append(asked - sum(served[identifier] for identifier in ids) - item.requests.waited)
    return sorted(found)


def own(made: Sequence[Made]) -> list[float]:
    """Seconds of each assessment in which it neither waited for its turn nor for the model, in order of size."""
    return sorted(
        item.seconds - item.assessment.seconds.get("queue", 0.0) - item.requests.seconds()
        for item in made
        if item.assessment is not None
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """Of numbers in order of size; `None` of none."""
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))] if ordered else None


def milliseconds(seconds: float | None) -> float | None:
    """Rounded for people."""
    return None if seconds is None else round(1000 * seconds, 1)


def _share(begin: float, used: float, end: float, used_then: float) -> float | None:
    return round((used_then - used) / (end - begin), 4) if end > begin else None

"""The spans of a cell, as telemetry tells of them while it runs."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from gradatim import telemetry
from gradatim.evals.traces import Event, Span
from gradatim.telemetry import Run

SHARED = "gradatim.shared_seconds"
"""Attribute: seconds of a span that were spent by another run, which this one shares the work with."""


class Spans:
    """Gathers the runs that begin inside `recorded`."""

    def __init__(self) -> None:
        self._runs: list[Run] = []

    def began(self, run: Run) -> None:
        """A run begins."""

    def take(self, run: Run) -> None:
        """A run is over."""
        self._runs.append(run)

    @contextmanager
    def recorded(self) -> Generator[None]:
        """Gather what is run in the block."""
        with telemetry.recorded_by(self):
            yield

    @property
    def attributes(self) -> dict[str, Any]:
        """What is known of the runs as a whole."""
        return {key: value for run in self._runs for key, value in run.about.items() if key == "language"}

    def found(self, owed: Mapping[str, float], saved: Sequence[tuple[int, float]] = ()) -> tuple[Span, ...]:
        """All spans, in the order in which they began, as if nothing had been shared.

        Args:
            owed: Agent → seconds that somebody else spent on its work.
            saved: Instants at which answers came out of the cache, with the seconds that they had taken.
        """
        records = sorted((item for run in self._runs for item in run.records), key=lambda item: item.start)
        found = [
            Span(
                id=item.id,
                parent=None if item.parent is None else item.parent.id,
                name=item.name,
                operation=item.operation,
                start=item.start,
                end=item.end or item.start,
                ok=item.ok,
                message=item.message,
                attributes=dict(item.attributes),
                events=tuple(Event(name, at, dict(attributes)) for name, at, attributes in item.events),
            )
            for item in records
        ]
        longer: dict[str, float] = {}
        for span in found:
            if span.operation == "invoke_agent" and owed.get(span.subject):
                longer[span.id] = owed[span.subject]
        for at, seconds in saved:
            asked = (span for span in reversed(found) if span.operation == "chat" and span.id not in longer)
            chat = next((span for span in asked if span.start <= at), None)
            if chat is not None:
                longer[chat.id] = seconds
        for identity, seconds in longer.items():
            found = _stretched(found, identity, round(seconds * 1e9))
        return tuple(found)


def _stretched(spans: list[Span], identity: str, by: int) -> list[Span]:
    """The spans with one that takes longer: what it is part of takes longer as well, what began after it comes later.

    Args:
        by: Nanoseconds.
    """
    known = {span.id: span for span in spans}
    at = known[identity].end
    around: set[str] = {identity}
    above = known[identity].parent
    while above is not None and above in known and above not in around:
        around.add(above)
        above = known[above].parent
    return [
        replace(span, end=span.end + by, attributes={**span.attributes, SHARED: by / 1e9})
        if span.id == identity
        else replace(span, end=span.end + by)
        if span.id in around
        else replace(span, start=span.start + by, end=span.end + by)
        if span.start >= at
        else span
        for span in spans
    ]

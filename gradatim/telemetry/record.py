"""What is gathered of a run while it goes on, and whom it is handed to when the run is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from gradatim.telemetry.names import Operation

Plain = dict[str, Any]


class Record:
    """One span as it is gathered: written to while the work goes on, read when the run is over.

    Attributes:
        id: 16 hexadecimal digits.
        parent: The record of the work that this is part of; `None` for the run itself.
        start, end: Nanoseconds since 1970; `end` is 0 while the work goes on.
        ok: False where it ended with an error.
        message: What went wrong.
        events: Name, instant and attributes.
    """

    __slots__ = ("attributes", "end", "events", "id", "message", "name", "ok", "operation", "parent", "run", "start")

    def __init__(
        self, run: Run, parent: Record | None, id: str, name: str, operation: Operation, start: int, attributes: Plain
    ) -> None:
        self.run = run
        self.parent = parent
        self.id = id
        self.name = name
        self.operation: Operation = operation
        self.start = start
        self.end = 0
        self.ok = True
        self.message = ""
        self.attributes = attributes
        self.events: list[tuple[str, int, Plain]] = []


class Run:
    """All that is gathered of one run.

    Attributes:
        id: 32 hexadecimal digits.
        name: Of the workflow, or of what else the run is.
        records: In the order in which they began; the first is the run's own.
        open: Records whose work goes on.
        over: Whether it was handed over: what comes later is left out.
        learner: Whose work the run is about, as they are known behind the boundary; never written anywhere as it is.
        about: What is known of the run as a whole: `version`, `model`, `language`.
        result: Gives what went in and what came out, called once when the run is over: (kind, inputs, outputs). It is
            called from another thread, and what it reads must not change any more.
    """

    __slots__ = ("about", "id", "learner", "name", "open", "over", "records", "result")

    def __init__(self, id: str, name: str) -> None:
        self.id = id
        self.name = name
        self.records: list[Record] = []
        self.open = 0
        self.over = False
        self.learner: str | None = None
        self.about: Plain = {}
        self.result: Callable[[], tuple[str, Mapping[str, Any], Mapping[str, Any]]] | None = None


class Recorder(Protocol):
    """Who takes runs in."""

    def began(self, run: Run) -> None:
        """A run begins; nothing is in it yet."""
        ...

    def take(self, run: Run) -> None:
        """A run is over, and so is all work in it. Must not block, and must not raise."""
        ...

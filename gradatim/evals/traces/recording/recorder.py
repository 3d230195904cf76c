"""The recorder: takes runs that are over, and lets threads of its own turn them into lines and spans."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, cast

from gradatim.errors import InputError
from gradatim.evals.traces.lines import line_of, trace_of_line
from gradatim.evals.traces.recording.converting import trace_of_run
from gradatim.evals.traces.recording.otlp import Collector
from gradatim.evals.traces.recording.outlet import Outlet
from gradatim.evals.traces.trace import Trace
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.telemetry import Run

_GOODBYE = 2.0
"""Seconds that a collector has to take the rest when recording ends."""


class Place(Protocol):
    """Where lines go: a `TraceFile`, or what takes its part."""

    @property
    def path(self) -> Path: ...

    def add(self, lines: bytes) -> None:
        """Add lines, each with its line break."""
        ...

    def close(self) -> None: ...


class TraceRecorder:
    """A `gradatim.telemetry.Recorder` that writes a line a run, and sends its spans to a collector.

    Args:
        file: Where lines go.
        collector: Where spans go.
        scrubber: Says what is kept of learners' text.
    """

    def __init__(self, file: Place | None, collector: Collector | None, scrubber: Scrubber) -> None:
        self.file = file
        self.collector = collector
        self.scrubber = scrubber
        self.written = 0
        self._under_way: dict[int, Run] = {}
        self._changing = threading.Lock()
        self._runs: Outlet[Run | bytes] = Outlet(f"traces to {file.path}" if file is not None else "traces", self._take)
        self._sent: Outlet[Trace] | None = None
        if collector is not None:
            self._sent = Outlet(f"traces to {collector.endpoint}", collector.send)

    @property
    def lost(self) -> int:
        """Runs that could not be written, and runs that could not be sent."""
        return self._runs.lost + (self._sent.lost if self._sent is not None else 0)

    def began(self, run: Run) -> None:
        """A run begins."""
        with self._changing:
            self._under_way[id(run)] = run

    def take(self, run: Run) -> None:
        """A run is over."""
        with self._changing:
            self._under_way.pop(id(run), None)
        self._runs.put(run)

    def add(self, lines: bytes) -> None:
        """Runs that were recorded elsewhere, each a line with its line break."""
        for line in lines.splitlines(keepends=True):
            self._runs.put(line)

    def drain(self) -> None:
        """Wait until every run that is over is written; not until it is sent."""
        self._runs.drain()

    def close(self) -> None:
        """Write what waits, and the runs that are not over as far as they came."""
        with self._changing:
            left = [run for run in self._under_way.values() if run.records]
            self._under_way.clear()
        for run in left:
            run.over = True
            self._runs.put(run)
        self._runs.close()
        if self._sent is not None and self.collector is not None:
            self._sent.close(_GOODBYE)
            self.collector.close()
        if self.file is not None:
            self.file.close()

    def _take(self, runs: Sequence[Run | bytes]) -> None:
        lines: list[bytes] = []
        for run in runs:
            try:
                told = isinstance(run, bytes)
                trace = trace_of_line(run, "a worker") if told else trace_of_run(run, self.scrubber)
                lines.append(run if told else _line(trace))
            except Exception as error:  # noqa: BLE001 one run that cannot be told must not take others with it
                self._runs.drop()
                self._runs.tell(f"a run could not be recorded: {type(error).__name__}: {error}")
                continue
            if self._sent is not None:
                self._sent.put(trace)
        if self.file is not None and lines:
            try:
                self.file.add(b"".join(lines))
            except Exception as error:  # noqa: BLE001 a full disk is told, and fails no run
                self._runs.drop(len(lines))
                self._runs.tell(f"{error}; runs are left out")
                return
        self.written += len(lines)


def _line(trace: Trace) -> bytes:
    try:
        return line_of(trace)
    except InputError:  # halves of characters, or what JSON has no form for
        return line_of(
            replace(
                trace,
                inputs=_writable(trace.inputs),
                outputs=_writable(trace.outputs),
                attributes=_writable(trace.attributes),
                spans=tuple(
                    replace(
                        span,
                        message=_writable(span.message),
                        attributes=_writable(span.attributes),
                        events=tuple(replace(event, attributes=_writable(event.attributes)) for event in span.events),
                    )
                    for span in trace.spans
                ),
            )
        )


def _writable(value: Any) -> Any:
    """The same as JSON can hold it."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_writable(str(key)): _writable(item) for key, item in cast("dict[Any, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_writable(item) for item in cast("list[Any]", value)]
    return value if value is None or isinstance(value, bool | int | float) else _writable(str(value))

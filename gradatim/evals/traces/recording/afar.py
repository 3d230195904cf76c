"""Recording in a process that cannot reach the file: lines are gathered there, and whoever can write them asks."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from gradatim.evals.traces.recording.recorder import TraceRecorder
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.settings import Settings
from gradatim.telemetry import policed, recorded_by


class Gathered:
    """A place for lines that is no file; takes the part of `TraceFile`."""

    path = Path("memory")

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._changing = threading.Lock()

    def add(self, lines: bytes) -> None:
        """Keep lines, each with its line break."""
        with self._changing:
            self._lines.append(lines)

    def taken(self) -> bytes:
        """What was kept since it was last asked for."""
        with self._changing:
            lines, self._lines = self._lines, []
        return b"".join(lines)

    def close(self) -> None:
        """Nothing to close."""


class RecordingAfar:
    """Records runs as `recording` does, for somebody else to write down (`TraceRecorder.add`).

    Args:
        settings: Say what is kept of learners' text, and where the key of pseudonyms is; it is read at once, for the
            data folder of a worker need not stay.
    """

    def __init__(self, settings: Settings) -> None:
        self._gathered = Gathered()
        self._scrubber = Scrubber.of(settings)
        self._scrubber.digest("")
        self._recorder = TraceRecorder(self._gathered, None, self._scrubber)

    @contextmanager
    def at_work(self) -> Generator[None]:
        """Record the runs that begin inside the block."""
        with policed(self._scrubber), recorded_by(self._recorder):
            yield

    def taken(self) -> bytes:
        """The lines of all runs that are over and were not asked for before."""
        self._recorder.drain()
        return self._gathered.taken()

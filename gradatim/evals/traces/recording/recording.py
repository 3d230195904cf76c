"""`recording`: a block in which runs are recorded."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from gradatim.errors import SettingsError
from gradatim.evals.traces.recording.file import TraceFile
from gradatim.evals.traces.recording.otlp import Collector
from gradatim.evals.traces.recording.recorder import TraceRecorder
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.settings import Settings, load_settings
from gradatim.telemetry import policed, recorded_by

Content = Literal["none", "pseudonymised"]
_log = logging.getLogger(__name__)


class Recording(AbstractContextManager["Recording"]):
    """A block in which runs are recorded; made by `recording`.

    Attributes:
        path: The file.
        written: Runs that were written (known for certain once the block is left).
        lost: Runs that could not be written or sent; each reason was told in the log.
    """

    def __init__(self, path: Path | None, endpoint: str | None, scrubber: Scrubber) -> None:
        self.path = path
        self._endpoint = endpoint
        self._scrubber = scrubber
        self._stack = ExitStack()
        self._recorder: TraceRecorder | None = None

    @property
    def written(self) -> int:
        return self._recorder.written if self._recorder is not None else 0

    @property
    def lost(self) -> int:
        return self._recorder.lost if self._recorder is not None else 0

    def drain(self) -> None:
        """Wait until every run that is over so far stands in the file."""
        if self._recorder is not None:
            self._recorder.drain()

    def __enter__(self) -> Self:
        collector = Collector(self._endpoint) if self._endpoint is not None else None
        file = TraceFile(self.path) if self.path is not None else None
        self._recorder = TraceRecorder(file, collector, self._scrubber)
        self._stack.callback(self._recorder.close)
        self._stack.enter_context(policed(self._scrubber))
        self._stack.enter_context(recorded_by(self._recorder))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if self.lost:
            what = "recorded run is" if self.lost == 1 else "recorded runs are"
            _log.warning("%d %s missing in what was written or sent", self.lost, what)


def recording(
    path: str | Path | None = None,
    *,
    settings: Settings | None = None,
    endpoint: str | None = None,
    content: Content | None = None,
) -> Recording:
    """A block in which every run is recorded, one line a run; around synchronous and asynchronous code alike.

    Runs that begin inside the block are recorded, in whatever task. A provider that the application has set for
    OpenTelemetry stays as it is, and gets the same spans.

    Args:
        path: File of traces (JSON Lines; `.gz` compresses) that runs are added to; `settings.traces` when not given.
        settings: Say what is not given here, and where the key of pseudonyms is; read when not given.
        endpoint: Address of a collector; `settings.otlp_endpoint` when not given.
        content: What is kept of learners' text; `settings.trace_content` when not given.

    Raises:
        SettingsError: There is neither a file nor a collector, or what it needs is not installed.
        InputError: The file holds something else than traces.
        StorageError: The file cannot be written.
    """
    known = settings or load_settings()
    file = Path(path) if path is not None else known.traces
    address = endpoint or known.otlp_endpoint
    if file is None and address is None:
        raise SettingsError(
            "there is nowhere to record to", place="recording", remedy="name a file, or set GRADATIM_TRACES"
        )
    kept = None if content is None else content == "pseudonymised"
    return Recording(file, address, Scrubber.of(known, kept))

"""Recording the runs of a command: where the settings or `--traces` say so, and for its whole length."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.app.console import plural, printable, say
from gradatim.errors import InputError, StorageError
from gradatim.settings import Settings, load_settings
from gradatim.telemetry import recorder_at_work

if TYPE_CHECKING:
    from gradatim.evals.traces.recording.afar import RecordingAfar

TRACES = "traces"
"""Kind of artefact that a file of recorded runs is; its rows name learners by their pseudonyms."""


@contextmanager
def recorded(traces: Path | None, data_dir: Path | None = None) -> Generator[None]:
    """Record the runs inside the block, if anybody wants them.

    Args:
        traces: File to add them to; what the settings say when not given.
        data_dir: Data folder of the command, where the key of pseudonyms lies.

    Raises:
        GradatimError: The file or the exporter cannot be used.
    """
    settings = load_settings(traces=traces, data_dir=data_dir)
    if settings.traces is None and settings.otlp_endpoint is None:
        yield
        return
    from gradatim.evals.traces.recording import recording

    taken = recording(settings=settings)
    try:
        with taken:
            if settings.trace_content != "none":
                _register(settings)
            yield
    finally:
        if settings.traces is not None and taken.written:
            say(f"traces: {plural(taken.written, 'run')} added to {printable(str(settings.traces))}")


def recorded_afar() -> tuple[type[RecordingAfar] | None, Callable[[bytes], None] | None]:
    """What records runs on other machines, and what takes their lines here; nothing where nobody records."""
    recorder = recorder_at_work()
    if recorder is None:
        return None, None
    from gradatim.evals.traces.recording.afar import RecordingAfar
    from gradatim.evals.traces.recording.recorder import TraceRecorder

    return (RecordingAfar, recorder.add) if isinstance(recorder, TraceRecorder) else (None, None)


@contextmanager
def held(files: Iterable[Path]) -> Generator[None]:
    """Keep runs that go on meanwhile from adding to files of traces; they add to what then has the name.

    What a writer who was killed left of a line goes: nobody could say whose it is.
    """
    from gradatim.evals.traces.recording.file import TraceFile, alone

    with ExitStack() as stack:
        for path in sorted(set(files)):
            if path.is_file():
                with suppress(InputError, StorageError):  # no traces by now, or not ours: whoever cleans it says so
                    TraceFile(path).close()
            try:
                file = stack.enter_context(path.open("rb"))
            except OSError:  # gone, or not ours to read: whoever cleans it says so
                continue
            stack.enter_context(alone(file.fileno()))
        yield


def _register(settings: Settings) -> None:
    """Note a file that holds learners' text, so that whoever is forgotten is taken out of it."""
    from gradatim.memory.rights.artefacts import Artefacts

    if settings.traces is not None:
        Artefacts.of(settings).rows(settings.traces, TRACES)

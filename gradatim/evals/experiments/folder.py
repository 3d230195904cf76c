"""The folder of an experiment while it is run: what is kept of earlier runs, and how cells are added.

Cells are appended as they end, a line each, so that whatever ends the process costs no more than the line that was
being written. What was run before and does not belong to the experiment as it stands now (a variant was changed, the
sample is another one) moves to `stale.jsonl`, out of the figures; it comes back when it belongs again.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from gradatim.errors import InputError, StorageError
from gradatim.evals.results import EXPERIMENT, MANIFEST, SCORES, TRACES, Scored, line_of
from gradatim.evals.traces import Trace
from gradatim.evals.traces import lines as trace_lines

STALE = "stale.jsonl"
CACHE = "cache"


class ResultsFolder:
    """A folder of results that this process alone writes to. Use `claiming.opened` to get one.

    Attributes:
        path: Where it is.
        broken: Lines of earlier runs that could not be read, e.g. one that was cut off; they are left out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.broken = 0
        self._traces: BinaryIO | None = None
        self._scores: BinaryIO | None = None

    @property
    def cache(self) -> Path:
        """Where answers and evidence are kept that a run which goes on takes again."""
        return self.path / CACHE

    def write_experiment(self, text: str) -> None:
        """Keep the experiment as it was read."""
        self._replace(EXPERIMENT, [text.encode("utf-8", "surrogatepass")])

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Say what the folder holds."""
        self._replace(MANIFEST, [orjson.dumps(manifest, option=orjson.OPT_INDENT_2), b"\n"])

    def set_aside(self) -> None:
        """Put away what was run before, so that everything is run anew; it is kept as `earlier-N.jsonl`."""
        for name in (TRACES, STALE):
            path = self.path / name
            if path.exists():
                number = next(n for n in itertools.count(1) if not (self.path / f"earlier-{n}.jsonl").exists())
                path.replace(self.path / f"earlier-{number}.jsonl")

    def sort(self, wanted: Collection[str], failed: Callable[[Trace], bool]) -> dict[str, float | None]:
        """Keep what the experiment needs and move the rest out of the way.

        A cell that failed is not kept, so that it is run again.

        Args:
            wanted: Ids of all cells.
            failed: Whether a trace is one of a cell that failed.

        Returns:
            Id of each cell that is there → seconds that it took, where they are known.
        """
        kept: dict[str, float | None] = {}
        if not (self.path / TRACES).exists() and not (self.path / STALE).exists():
            return kept
        known, aside = set(wanted), {trace.id for _, trace in self._lines(STALE)}
        with self._rewritten(TRACES) as traces:
            # what goes aside is there before it is gone here, and what comes back stays there as well
            with (self.path / STALE).open("ab") as stale:
                for line, trace in self._lines(TRACES):
                    if failed(trace) or trace.id in kept:
                        continue
                    if trace.id in known:
                        kept[trace.id] = seconds_of(trace)
                        traces.write(line)
                    elif trace.id not in aside:
                        aside.add(trace.id)
                        stale.write(line)
                stale.flush()
                os.fsync(stale.fileno())
            for line, trace in self._lines(STALE):
                if trace.id in known and trace.id not in kept:
                    kept[trace.id] = seconds_of(trace)
                    traces.write(line)
        if not (self.path / STALE).stat().st_size:
            (self.path / STALE).unlink()
        return kept

    def rescore(self, scores: Callable[[Trace], Iterator[Scored]], keys: Collection[str]) -> None:
        """Write the scores of all cells that are kept anew; those of other scorers stay.

        Args:
            scores: Judges one trace.
            keys: What it gives; older scores of these keys go.
        """
        others: dict[str, list[bytes]] = {}
        for line in self._score_lines():
            plain = _object(line)
            if plain is not None and plain.get("key") not in keys:
                others.setdefault(str(plain.get("trace")), []).append(line)
        with self._rewritten(SCORES) as file:
            if (self.path / TRACES).exists():
                for trace in trace_lines.read_traces(self.path / TRACES):
                    file.writelines(map(line_of, scores(trace)))
                    file.writelines(others.get(trace.id, ()))

    def begin(self) -> None:
        """Open the files for what is added.

        Raises:
            StorageError: They cannot be written.
        """
        try:
            self._traces = (self.path / TRACES).open("ab")
            self._scores = (self.path / SCORES).open("ab")
        except OSError as error:
            raise unwritable(self.path, error) from error

    def add(self, trace: Trace, scores: Iterator[Scored]) -> None:
        """Add a cell that ended.

        Raises:
            StorageError: It cannot be written.
        """
        if self._traces is None or self._scores is None:
            raise RuntimeError("begin() comes first")
        try:
            for file, line in (
                (self._traces, trace_lines.line_of(trace)),
                (self._scores, b"".join(map(line_of, scores))),
            ):
                file.write(line)
                file.flush()
        except OSError as error:
            raise unwritable(self.path, error) from error

    def close(self) -> None:
        """Close the files."""
        for file in (self._traces, self._scores):
            if file is not None:
                file.close()
        self._traces = self._scores = None

    def _lines(self, name: str) -> Iterator[tuple[bytes, Trace]]:
        """Traces of a file with their lines; broken ones are counted and left out."""
        path = self.path / name
        if not path.exists():
            return
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    trace = trace_lines.trace_of_line(line, f"{path}:{number}")
                except InputError:
                    self.broken += 1  # told by whoever opened the folder
                    continue
                yield (line if line.endswith(b"\n") else line + b"\n"), trace

    def _score_lines(self) -> Iterator[bytes]:
        path = self.path / SCORES
        if path.exists():
            with path.open("rb") as file:
                yield from (line for line in file if line.endswith(b"\n"))

    def _replace(self, name: str, parts: list[bytes]) -> None:
        with self._rewritten(name) as file:
            file.writelines(parts)

    @contextmanager
    def _rewritten(self, name: str) -> Generator[BinaryIO]:
        """A file that takes the place of another one when it is whole."""
        part = self.path / f"{name}.part"
        try:
            with part.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path / name)
        except OSError as error:
            raise unwritable(self.path, error) from error


def seconds_of(trace: Trace) -> float | None:
    """What a cell took when it was run."""
    spent: Any = trace.attributes.get("wall")
    return float(spent) if isinstance(spent, int | float) else None


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def unwritable(path: Path, error: OSError) -> StorageError:
    """The error of a folder that cannot be written."""
    return StorageError(
        f"cannot be written: {error.strerror}", place=str(error.filename or path), remedy="name another folder"
    )

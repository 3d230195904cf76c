"""Recorded runs as lines of our own format, in batches, whatever format their file has; and files of scores.

A line that cannot be read is given as the error that it is, so that the rest can go on.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.errors import InputError, StorageError
from gradatim.evals.packed import UNREADABLE, opened
from gradatim.evals.traces.lines import line_of

if TYPE_CHECKING:
    from gradatim.evals.traces.formats import FormatName

BATCH = 2**20
"""Bytes of lines in a batch, about."""
LONGEST = 64 * 2**20
"""Bytes of one line at most, as in `gradatim.evals.traces.lines`."""

Line = tuple[str, bytes]
"""Where a line stands, for errors, and the line."""


def batches(lines: Iterable[Line | InputError], note: Callable[[InputError], object]) -> Iterator[list[Line]]:
    """Lines in batches.

    Args:
        note: Told what could not be read.
    """
    batch: list[Line] = []
    size = 0
    for line in lines:
        if isinstance(line, InputError):
            note(line)
            continue
        batch.append(line)
        size += len(line[1])
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def lines_of(path: Path, source: FormatName | None = None) -> Iterator[Line | InputError]:
    """The traces of a file as lines of our own format.

    Args:
        source: Format of the file; by how it begins, where this is not given.

    Raises:
        InputError: It cannot be read at all, or is of no known format.
    """
    if source == "jsonl" or (source is None and _is_own(path)):
        yield from _own_lines(path)
        return
    from gradatim.evals.traces.formats import open_traces

    for number, trace in enumerate(open_traces(path, source), 1):
        try:
            yield f"{path}#{number}", line_of(trace)
        except InputError as error:
            yield error


def _is_own(path: Path) -> bool:
    """Whether the first line of a file with anything in it is a trace of our own format."""
    try:
        with opened(path, "rb") as file:
            for _ in range(1000):
                head = file.readline(4096)
                if head.strip():
                    return b'"gradatim_trace"' in head
                if not head:
                    return False
            return False
    except UNREADABLE as error:
        raise _unreadable(path, error) from error


def _own_lines(path: Path) -> Iterator[Line | InputError]:
    number = 0
    try:
        with opened(path, "rb") as file:
            while line := file.readline(LONGEST + 1):
                number += 1
                place = f"{path}:{number}"
                if len(line) > LONGEST:
                    while line and not line.endswith(b"\n"):
                        line = file.readline(LONGEST)
                    yield InputError(f"is longer than {LONGEST:,} bytes", place=place, remedy="give one trace a line")
                elif line.strip():
                    yield place, line
    except UNREADABLE as error:  # a packed file that was cut off or is damaged: what was read so far counts
        if not number:
            raise _unreadable(path, error) from error
        yield InputError(
            f"cannot be read any further: {getattr(error, 'strerror', None) or error}",
            place=f"{path}:{number + 1}",
            remedy="what stands before it was scored; record the rest again",
        )


def _unreadable(path: Path, error: Exception) -> InputError:
    reason = getattr(error, "strerror", None) or error
    return InputError(f"cannot be read: {reason}", place=str(path), remedy="name a file of traces")


@contextmanager
def writing(out: Path | None) -> Generator[Callable[[bytes], object]]:
    """A file of lines that takes the place of `out` when all is well; nothing is written for `None`.

    What was written until an error came stays in a file beside it, whose name ends in `.part`.

    Raises:
        StorageError: It cannot be written.
    """
    if out is None:
        yield len
        return
    part = out.with_name(f"{out.name}.part")
    with _told(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        file = part.open("wb")

    def write(lines: bytes) -> None:
        with _told(out):
            file.write(lines)

    try:
        yield write
    finally:
        with _told(out):
            file.close()
    with _told(out):
        part.replace(out)


@contextmanager
def _told(out: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"cannot be written: {error.strerror}", place=str(out), remedy="choose another place"
        ) from error

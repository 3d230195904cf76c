"""The file of decisions beside a graph: only ever appended to, and by one process at a time.

Everything that is written is on the disk when `append` comes back. A process that dies while it writes leaves at most
half a line at the end; the next reader tells of it, and the next writer puts it aside.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from gradatim.errors import InputError, StorageError
from gradatim.kg.decisions.records import Decision, Undo, decision_line, parse_decision


@dataclass(frozen=True, slots=True)
class Log:
    """What a file of decisions holds."""

    decisions: tuple[Decision, ...] = ()
    """In the order of the file; each id once."""
    broken: str | None = None
    """Tells of a half-written line at the end."""


def decisions_path(graph: Path) -> Path:
    """`course.json` → `course.decisions.jsonl`."""
    stem = graph.name.removesuffix(".json") or graph.name
    return graph.with_name(f"{stem}.decisions.jsonl")


def decided(graph: Path) -> list[Decision]:
    """The decisions kept beside a graph, undone ones and undos included; none where there is no file.

    Raises:
        InputError: The file cannot be read, or a line of it is wrong; names the line.
    """
    return list(read_log(decisions_path(graph)).decisions)


def read_log(path: Path) -> Log:
    """A file of decisions.

    Raises:
        InputError: It cannot be read, or a line is wrong (but for a half-written last one); names the line.
    """
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            data = file.read()
    except FileNotFoundError:
        return Log()
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}", place=str(path), remedy="check its permissions"
        ) from error
    found: dict[str, Decision] = {}
    *lines, last = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if line.strip():
            _take(_decision(line, path, number), found, path, number)
    if not _is_whole(last):
        return Log(tuple(found.values()), f"{path}:{len(lines) + 1}: half-written ({len(last)} bytes), left aside")
    if last.strip():
        _take(_decision(last, path, len(lines) + 1), found, path, len(lines) + 1)
    return Log(tuple(found.values()))


def _take(decision: Decision, found: dict[str, Decision], path: Path, number: int) -> None:
    place = f"{path}:{number}"
    if isinstance(decision, Undo) and isinstance(found.get(decision.of), Undo | None):
        raise InputError(
            f"of: no decision above has the id {decision.of!r}", place=place, remedy="remove the line, or restore it"
        )
    if found.setdefault(decision.id, decision) != decision:
        raise InputError(f"id: {decision.id!r} stands above, for another decision", place=place, remedy="remove one")


def _decision(line: bytes, path: Path, number: int) -> Decision:
    data = json_object(line, f"{path}:{number}")
    try:
        return parse_decision(data)
    except ValidationError as error:
        raise wrong_line(error, f"{path}:{number}") from error


def json_object(line: bytes, place: str) -> Mapping[str, Any]:
    """A line as an object.

    Raises:
        InputError: It is none.
    """
    try:
        data: object = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", place=place, remedy="correct or remove the line") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"is not valid JSON: {error}", place=place, remedy="correct or remove the line") from error
    if not isinstance(data, dict):
        raise InputError("is not a JSON object", place=place, remedy="correct or remove the line")
    return cast("Mapping[str, Any]", data)


def wrong_line(error: ValidationError, place: str) -> InputError:
    """What is wrong with a line that is no decision."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"])
    return InputError(f"{where or 'line'}: {first['msg']}", place=place, remedy="correct or remove the line")


def _is_whole(last: bytes) -> bool:
    """Whether what stands after the last line break was written to its end."""
    if not last.strip():
        return True
    try:
        json.loads(last.decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return True


def append(path: Path, decisions: Sequence[Decision]) -> None:
    """Write decisions to the end of a file; all of them or none.

    Raises:
        StorageError: The disk does not take them.
    """
    data = b"".join(map(decision_line, decisions))
    with _writing(path) as file:
        end = _mend(file, path)
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        except OSError:
            os.ftruncate(file, end)
            raise


def check_writable(path: Path) -> None:
    """Find out whether decisions can be kept before anybody is asked for one.

    Raises:
        StorageError: They cannot.
    """
    if path.exists():
        with _writing(path):
            return
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _unwritable(path, "its folder cannot be written to")


@contextmanager
def _writing(path: Path) -> Generator[int]:
    """The file, held against other processes."""
    try:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)  # gives the lock back
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def _mend(file: int, path: Path) -> int:
    """Close the last line, or put it aside where it is half-written; the length of the file then."""
    size = os.fstat(file).st_size
    tail = b""
    while b"\n" not in tail and len(tail) < size:
        tail = os.pread(file, min(size, 2 * len(tail) + 4096), max(0, size - 2 * len(tail) - 4096))
    last = tail.rpartition(b"\n")[2]
    if not last:
        return size
    if _is_whole(last):
        os.write(file, b"\n")
        return size + 1
    with path.with_name(f"{path.name}.broken").open("ab") as aside:
        aside.write(last + b"\n")
    os.ftruncate(file, size - len(last))
    with suppress(OSError):
        os.fsync(file)
    return size - len(last)


def _unwritable(path: Path, reason: str) -> StorageError:
    return StorageError(
        f"cannot be written: {reason}", place=str(path), remedy="copy the graph to a folder that can be written to"
    )

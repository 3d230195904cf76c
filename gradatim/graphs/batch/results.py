"""The output of a batch: one JSON object a line, each written exactly once whatever happens in between.

A line is appended first and noted in the ledger afterwards. Whoever is killed between the two leaves a line without a
note, which the next run adopts; whoever is killed inside a line leaves a torn one, which it cuts off.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast, get_args

from gradatim.errors import InputError, StorageError
from gradatim.graphs.batch.items import Status
from gradatim.graphs.batch.ledger import Ledger, Line, Written

_BLOCK = 1 << 20
_STATUSES = get_args(Status)


class ResultsFile:
    """The output, open for appending; use as a context manager.

    Args:
        path: Where it lies.
        ledger: Its ledger, open.
    """

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self.path = path
        self._ledger = ledger
        self._file = -1
        self._end = 0

    def __enter__(self) -> Self:
        """Open the file and bring the ledger in line with it.

        Raises:
            InputError: The file is not the output of this batch; it is left as it is.
        """
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(
                f"cannot be written: {error.strerror}", place=str(self.path), remedy="name a file that can be written"
            ) from error
        try:
            if not stat.S_ISREG(os.fstat(self._file).st_mode):
                raise InputError("is not a regular file", place=str(self.path), remedy="name a file on disk")
            self._end = self._reconcile()
            os.ftruncate(self._file, self._end)
        except BaseException:
            os.close(self._file)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def append(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows, each with its `key`, `status` and `reasons`, and note them in the ledger.

        Raises:
            StorageError: The disk takes no more; what is written stays whole.
        """
        written: list[Written] = []
        for row in rows:
            data = encode(row)
            line = Line(self._end, len(data), _digest(data))
            rest = memoryview(data)
            try:
                while rest:
                    rest = rest[os.write(self._file, rest) :]
            except OSError as error:
                os.ftruncate(self._file, self._end)
                self._ledger.finish(written)
                raise StorageError(
                    f"cannot be written any more: {error.strerror}",
                    place=str(self.path),
                    remedy="free some space and run the same command again: it goes on where it stopped",
                ) from error
            self._end += len(data)
            written.append(Written(row["key"], row["status"], tuple(row["reasons"]), line))
        self._ledger.finish(written)

    def rewrite(self) -> None:
        """Bring the lines into the order of the input, and leave out those that the ledger no longer knows.

        The new file takes the old one's place at once or not at all.

        Raises:
            StorageError: There is no room for it; the old file stays.
        """
        draft = self.path.with_name(f".{self.path.name}.sorted")
        try:
            with draft.open("wb") as target:
                for start, length in self._ledger.lines():
                    target.write(os.pread(self._file, length, start))
                target.flush()
                os.fsync(target.fileno())
            os.chmod(draft, os.fstat(self._file).st_mode & 0o777)
            os.replace(draft, self.path)
            # whoever is killed here finds the lines by their keys the next time
            self._ledger.relocate()
            os.close(self._file)
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
            self._end = os.fstat(self._file).st_size
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StorageError(
                f"cannot be put in order: {error.strerror}",
                place=str(self.path),
                remedy="free as much space as the file takes and run the same command again",
            ) from error

    def _reconcile(self) -> int:
        """Tell the ledger what the file holds; returns where its whole lines end."""
        end = 0
        with self._ledger.reconciliation() as ledger:
            for number, (start, data) in enumerate(self._lines(), 1):
                line = Line(start, len(data), _digest(data))
                if not ledger.confirm(line):
                    written = _read(data, line) if data.endswith(b"\n") else None
                    if written is None or not ledger.adopt(written):
                        if written is None and self._is_torn(start, data, known=number > 1):
                            break
                        raise self._foreign(number)
                end = start + len(data)
        return end

    def _is_torn(self, start: int, data: bytes, *, known: bool) -> bool:
        """Whether this is the unfinished end of our own writing: the last line of a file that is known to be ours."""
        if start + len(data) < os.fstat(self._file).st_size and data.strip(b"\0\n"):
            return False
        return known or data.startswith(_BEGINNING) or _BEGINNING.startswith(data) or not data.strip(b"\0")

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        """Start and bytes of every line; the last one may lack its line break."""
        with open(os.dup(self._file), "rb", buffering=_BLOCK) as file:
            file.seek(0)
            start = 0
            for data in file:
                yield start, data
                start += len(data)

    def _foreign(self, number: int) -> InputError:
        return InputError(
            "is not a line of this batch, or stands there twice",
            place=f"{self.path}:{number}",
            remedy="choose another --out, or let --restart replace the file",
        )


_BEGINNING = b'{"key": "'


def encode(row: dict[str, Any]) -> bytes:
    """A row as its line."""
    first = {"key": row["key"]}
    return (json.dumps(first | row, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "backslashreplace")


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()


def _read(data: bytes, line: Line) -> Written | None:
    try:
        row: Any = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict):
        return None
    fields = cast("dict[str, Any]", row)
    key, status, reasons = fields.get("key"), fields.get("status"), fields.get("reasons")
    if not isinstance(key, str) or status not in _STATUSES or not isinstance(reasons, list):
        return None
    return Written(key, cast("Status", status), tuple(str(reason) for reason in cast("list[Any]", reasons)), line)

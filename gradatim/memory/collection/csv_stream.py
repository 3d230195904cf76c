"""CSV of any size, a row at a time, with the text of each row as it stood in the file.

A row that cannot be right (open quotes, another number of fields than the header) costs nothing but itself: from the
next line on that is a whole row by itself, what it had swallowed is read anew.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Self

from gradatim.errors import InputError
from gradatim.memory.collection.json_window import CUT
from gradatim.memory.collection.row import Position
from gradatim.memory.longfields import with_fields_up_to

LIMIT = 16 * 1024 * 1024
"""Bytes that one row may have."""
KEPT = 64 * 1024
"""Bytes kept of a row that is longer than that."""


class Line(NamedTuple):
    """One row."""

    number: int
    """Of its first line, counted from 1."""
    fields: list[str]
    raw: bytes
    problem: str | None
    """Why its fields cannot be used."""


class Table:
    """A CSV file: its header, then its rows.

    Args:
        path: The file; UTF-8, with or without a byte order mark.
        position: Is told how far the reading has come.

    Raises:
        InputError: It cannot be opened, or has no header.
    """

    def __init__(self, path: Path, position: Position | None = None) -> None:
        self.path = path
        self._position = position or Position()
        try:
            self._file: IO[bytes] = path.open("rb")
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a CSV file") from error
        mark = self._file.read(3)
        self._encoding = "utf-16" if mark[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        if self._encoding == "utf-16":
            self._file.close()
            remedy = "save it as CSV UTF-8"
            raise InputError("is UTF-16 text, not UTF-8", place=str(path), remedy=remedy)
        self._file.seek(3 if mark == b"\xef\xbb\xbf" else 0)
        self._waiting: deque[bytes] = deque()
        self._consumed: list[bytes] = []
        self._size = 0
        self._at = 0
        """Lines given to the reader so far."""
        try:
            self.header = self._read_header()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _read_header(self) -> list[str]:
        raw = self._next_line()
        while raw and not raw.strip():
            raw = self._next_line()
        try:
            text = raw.decode()
            self.delimiter = max(",;\t", key=text.count)
            header = fields_of(raw, self.delimiter) if text.strip() else []
        except ValueError as error:
            remedy = "its first line has to name the columns, in UTF-8"
            raise InputError("has no header that can be read", place=f"{self.path}:1", remedy=remedy) from error
        self.raw_header = raw
        self._consumed.clear()
        self._size = 0
        return [name.strip() for name in header]

    def rows(self) -> Iterator[Line]:
        """All rows after the header; blank lines are passed over."""
        width = len(self.header)
        while True:
            reader = csv.reader(self._feed(), delimiter=self.delimiter, strict=True)
            consumed = self._consumed
            try:
                for fields in with_fields_up_to(LIMIT, reader):
                    lines = len(consumed)
                    raw = consumed[0] if lines == 1 else b"".join(consumed)
                    if len(fields) == width:
                        consumed.clear()
                        self._size = 0
                        yield Line(self._at - lines + 1, fields, raw, None)
                    elif not fields:
                        consumed.clear()
                        self._size = 0
                    else:
                        yield self._broken(f"it has {len(fields)} fields, the header has {width}")
                        break
                else:
                    return
            except csv.Error as error:
                yield self._broken(f"it is not valid CSV: {error}")
            except UnicodeDecodeError:
                yield self._broken("it is not UTF-8 text")
            except _TooLong:
                yield self._broken(f"it is longer than {LIMIT // (1024 * 1024)} MiB, or a quote is left open")

    def _broken(self, problem: str) -> Line:
        """Give up what was read for this row as far as the next line that is a whole row, and read on from there."""
        lines = list(self._consumed)
        self._consumed.clear()
        self._size = 0
        begin = self._at - len(lines) + 1
        end = next((place for place in range(1, len(lines)) if self._is_row(lines[place])), len(lines))
        self._waiting.extendleft(reversed(lines[end:]))
        self._at -= len(lines) - end
        raw = b"".join(lines[:end])
        return Line(begin, [], raw, problem) if len(raw) <= LIMIT else Line(begin, [], raw[:KEPT], f"{problem}; {CUT}")

    def _is_row(self, line: bytes) -> bool:
        if line.count(b'"') % 2:
            return False
        try:
            return len(fields_of(line, self.delimiter)) == len(self.header)
        except ValueError:
            return False

    def _feed(self) -> Iterator[str]:
        while line := self._next_line():
            yield line.decode()
            if self._size > LIMIT:
                raise _TooLong

    def _next_line(self) -> bytes:
        if self._waiting:
            line = self._waiting.popleft()
        else:
            line = self._file.readline(LIMIT + 1)
            self._position.bytes += len(line)
            if len(line) > LIMIT:
                while (rest := self._file.readline(LIMIT)) and not rest.endswith(b"\n"):
                    pass
        if line:
            self._at += 1
            self._consumed.append(line)
            self._size += len(line)
        return line


class _TooLong(Exception):
    pass


def fields_of(raw: bytes, delimiter: str) -> list[str]:
    """The fields of one row by itself.

    Raises:
        ValueError: It is not exactly one row of UTF-8 CSV.
    """
    try:
        lines = [f"{line}\n" for line in raw.decode().split("\n")]  # as files are split: no other sign ends a line
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        found = [row for row in with_fields_up_to(LIMIT, rows) if row]
    except csv.Error as error:
        raise ValueError(f"it is not valid CSV: {error}") from error
    if len(found) != 1:
        raise ValueError(f"it holds {len(found)} rows of CSV")
    return found[0]

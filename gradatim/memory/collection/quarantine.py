"""The quarantine: rows that could not be used, with their reasons, in a file that can be mended and collected again."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import orjson

from gradatim.errors import InputError, StorageError
from gradatim.memory.collection.json_window import CUT
from gradatim.memory.collection.plain import is_count, is_object, is_text
from gradatim.memory.collection.records import RecordReader
from gradatim.memory.collection.row import Parsed, Reader, ReadingOptions, Rejected, Row, Skipped

LIMIT = 256 * 1024
"""Bytes of a row that are kept."""
MARK = "quarantine"
"""Value of the key `gradatim`, by which the records are known."""


class QuarantineFile:
    """Writes rejected rows, one JSON object a line; the file appears with the first of them.

    Args:
        path: A file that is not there yet; `None` keeps nothing but the count.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Check that the file can be written.

        Raises:
            InputError: It is there already, or its folder is not.
        """
        if self.path is not None:
            if self.path.exists():
                remedy = "name another file, or move it away: it may hold rows of another run"
                raise InputError("is there already", place=str(self.path), remedy=remedy)
            if not self.path.absolute().parent.is_dir():
                remedy = f"create it first: mkdir -p {self.path.parent}"
                raise InputError("its folder does not exist", place=str(self.path), remedy=remedy)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def write(self, row: Rejected, file: str, form: str) -> None:
        """Append a row.

        Args:
            row: What was rejected.
            file: Where it stood.
            form: Name of its format.

        Raises:
            StorageError: The disk takes no more.
        """
        self.count += 1
        if self.path is None:
            return
        context = dict(row.context)
        origin = context.pop("origin", None) or {"file": file, "row": row.place, "format": form}
        record: dict[str, Any] = {"gradatim": MARK, **origin, "reason": row.reason}
        raw = row.raw[:LIMIT]
        try:
            record["raw"] = raw.decode()
        except UnicodeDecodeError:
            record["raw_base64"] = base64.b64encode(raw).decode()
        if len(row.raw) > LIMIT or CUT in row.reason:
            record["cut"] = True
        if context:
            record["context"] = context
        try:
            if self._file is None:
                self._file = self.path.open("xb", buffering=0)
                os.chmod(self.path, 0o600)  # it holds what learners did
            self._file.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        except OSError as error:
            remedy = "free space on the disk and run again: nothing is stored twice"
            raise StorageError(f"cannot be written: {error.strerror}", place=str(self.path), remedy=remedy) from error


def free_name(folder: Path) -> Path:
    """A name for a quarantine file that is not taken: `quarantine.jsonl`, `quarantine-2.jsonl`, …"""
    path, number = folder / "quarantine.jsonl", 1
    while path.exists():
        number += 1
        path = folder / f"quarantine-{number}.jsonl"
    return path


class QuarantineReader(RecordReader):
    """Reads rows of a quarantine file, mended or not, as the formats they come from.

    Args:
        options: What a person adds.
        readers: Makes the reader of a format by its name; `None` for an unknown one.
    """

    name = "quarantine"

    def __init__(self, options: ReadingOptions, readers: Callable[[str, ReadingOptions], Reader | None]) -> None:
        super().__init__(options)
        self._make = readers
        self._readers: dict[str, Reader | None] = {}

    def _rows(self, value: Any, raw: bytes, place: int) -> Iterator[Row]:
        if not is_object(value) or value.get("gradatim") != MARK or not is_text(value.get("format")):
            yield Rejected(place, "it is no record of a quarantine", raw)
            return
        form, number = value["format"], value.get("row")
        origin = {"file": value.get("file"), "row": number, "format": form}
        context: Any = value.get("context") or {}
        text = _raw(value)
        if text is None or not is_object(context):
            yield Rejected(place, "it has no text", raw)
            return
        if value.get("cut"):
            yield Rejected(place, f"{CUT}: mend it where it came from", text, {**context, "origin": origin})
            return
        reader = self._reader(form)
        if reader is None:
            yield Rejected(place, f"there is no format {form!r:.40}", text, {**context, "origin": origin})
            return
        for row in reader.again(text, context, number if is_count(number) else place):
            match row:
                case Parsed() | Skipped():
                    yield row._replace(place=place)
                case Rejected():
                    yield row._replace(place=place, context={**row.context, "origin": origin})

    def _reader(self, form: str) -> Reader | None:
        if form not in self._readers:
            self._readers[form] = None if form == self.name else self._make(form, self._options)
        return self._readers[form]


def _raw(record: Mapping[str, Any]) -> bytes | None:
    text, packed = record.get("raw"), record.get("raw_base64")
    if is_text(text):
        return text.encode()
    if not is_text(packed):
        return None
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error:
        return None

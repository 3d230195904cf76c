"""CSV files as people save them from spreadsheets: any of three delimiters, with or without a byte order mark.

Every complaint names the line. A file that is not UTF-8 is refused with the encodings that it could be in, for a
guess would turn somebody's name into other letters; whoever knows the encoding says so.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gradatim.errors import InputError
from gradatim.memory.longfields import with_fields_up_to

LIMIT = 256 * 1024 * 1024
"""Bytes a file may have."""
FIELD_LIMIT = 1024 * 1024
"""Characters that one cell may have."""
_DELIMITERS = ",;\t|"
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One row, its cells by the normalised name of their column.

    Attributes:
        place: `file.csv:12`, of its first line.
    """

    place: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file that has been opened.

    Attributes:
        columns: Names as the header gives them.
        keys: The same names as `column_key` makes them, in the same order.
        delimiter: Between cells.
        line: Of the header.
    """

    path: Path
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    delimiter: str
    line: int
    text: str

    def rows(self) -> Iterator[Row]:
        """Rows below the header; blank ones are passed over.

        Raises:
            InputError: A row has another number of cells than the header, or is no CSV.
        """
        records = _records(self.path, self.text, self.delimiter)
        next(records)
        for line, cells in records:
            place = f"{self.path}:{line}"
            if len(cells) != len(self.keys):
                raise InputError(
                    f"has {len(cells)} cells where the header names {len(self.keys)}",
                    place=place,
                    remedy="correct the row; put quotes round texts that hold the delimiter",
                )
            yield Row(place, {key: cell.strip() for key, cell in zip(self.keys, cells, strict=True)})

    def column(self, names: Iterable[str]) -> str | None:
        """Key of the first column that has one of these names."""
        return next((name for name in map(column_key, names) if name in self.keys), None)

    def needed(self, what: str, names: Iterable[str]) -> str:
        """As `column`.

        Raises:
            InputError: There is none.
        """
        tried = list(names)
        found = self.column(tried)
        if found is not None:
            return found
        hint = ""
        if len(self.columns) == 1:
            hint = "; the header is one single column: is the delimiter another than , ; tab or |?"
        raise InputError(
            f"has no column for the {what}: {shown(', '.join(self.columns))}{hint}",
            place=f"{self.path}:{self.line}",
            remedy=f"name a column {' or '.join(tried[:3])}",
        )


def read_table(path: Path, *, encoding: str = "utf-8", delimiter: str | None = None) -> Table:
    """Open a CSV file.

    Args:
        path: The file.
        encoding: Of its text; UTF-8 with or without a byte order mark when not given.
        delimiter: Between cells; found from the header when not given.

    Raises:
        InputError: It cannot be read, is not text of this encoding, or its header cannot be used.
    """
    text = _text(path, encoding)
    if delimiter is None:
        first = next((line for line in text.splitlines() if line.strip()), "")
        delimiter = max(_DELIMITERS, key=first.count)
    elif len(delimiter) != 1:
        raise InputError(f"delimiter is {delimiter!r}", place=str(path), remedy="give one character")
    line, header = next(_records(path, text, delimiter), (1, list[str]()))
    if not header:
        raise InputError("is empty", place=str(path), remedy="its first line has to name the columns")
    keys = tuple(map(column_key, header))
    twice = next((name for at, name in enumerate(keys) if name and name in keys[:at]), None)
    if twice is not None:
        raise InputError(f"names the column {twice!r} twice", place=f"{path}:{line}", remedy="keep one of the two")
    return Table(path, tuple(cell.strip() for cell in header), keys, delimiter, line, text)


def column_key(name: str) -> str:
    """A column's name in small letters, words joined by `_`: `Code Quality` is `code_quality`."""
    folded = unicodedata.normalize("NFKC", name).strip().casefold()
    return re.sub(r"[^\w]+", "_", folded).strip("_")


def shown(value: str) -> str:
    """A value as an error quotes it: never longer than a line."""
    return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")


def check_encoding(encoding: str) -> None:
    """Whether an encoding can be read.

    Raises:
        InputError: It is not known, or none of text.
    """
    try:
        b"a".decode(encoding, "ignore")
    except (LookupError, ValueError) as error:
        remedy = "give one that Python knows: utf-8, cp1252, gb18030"
        raise InputError(f"{encoding!r} is no encoding of text", place="encoding", remedy=remedy) from error


def _text(path: Path, encoding: str) -> str:
    check_encoding(encoding)
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot be read: {reason}", place=str(path), remedy="name a CSV file") from error
    if len(content) > LIMIT:
        raise InputError(f"is larger than {LIMIT // 2**20} MiB", place=str(path), remedy="split it")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif content.startswith(codecs.BOM_UTF8):
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except (UnicodeError, ValueError) as error:
        start = getattr(error, "start", 0)
        line = content.count(b"\n", 0, start) + 1
        raise InputError(
            f"is not {encoding.upper().removesuffix('-SIG')} text (byte 0x{content[start]:02x})",
            place=f"{path}:{line}",
            remedy="save it as CSV UTF-8, or say what it is: encoding cp1252 (Windows) or gb18030 (Chinese)",
        ) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise InputError("holds NUL characters", place=f"{path}:{line}", remedy="save it as CSV UTF-8 again")
    return text


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = with_fields_up_to(FIELD_LIMIT, reader)
    while True:
        line = reader.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise InputError(
                f"is not CSV: {error}", place=f"{path}:{line}", remedy="close the quotes, or correct the row"
            ) from error
        if any(cell.strip() for cell in row):
            yield line, row

"""CSV files with a header, read with the number of each line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from gradatim.errors import InputError
from gradatim.memory.longfields import with_fields_up_to

_LONGEST = 1_000_000
"""Characters that one field may have: more is no table."""


def rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, header first, each with the number of its last line; blank lines are passed over.

    Args:
        path: UTF-8, with or without a byte order mark; fields between commas.

    Raises:
        InputError: The file cannot be read, is not UTF-8, is no CSV, or a row has not as many fields as the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            width: int | None = None
            reader = csv.reader(file, strict=True)
            for fields in with_fields_up_to(_LONGEST, reader):
                if not fields or fields == [""]:
                    continue
                if width is None:
                    width = len(fields)
                    fields = [name.strip() for name in fields]
                    _check_header(path, fields)
                elif len(fields) != width:
                    raise InputError(
                        f"{len(fields)} fields where the header has {width}",
                        place=f"{path}:{reader.line_num}",
                        remedy="put a field with a comma between double quotes",
                    )
                yield reader.line_num, fields
            if width is None:
                raise InputError("the file is empty", place=str(path), remedy="its first line has to name the columns")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", place=str(path), remedy="save it as CSV UTF-8") from error
    except csv.Error as error:
        raise InputError(f"is no CSV: {error}", place=str(path), remedy="save it as CSV with commas") from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a CSV file") from error


def _check_header(path: Path, header: list[str]) -> None:
    seen: set[str] = set()
    for name in header:
        if name in seen:
            raise InputError(f"two columns are called {name!r}", place=f"{path}:1", remedy="give each its own name")
        seen.add(name)

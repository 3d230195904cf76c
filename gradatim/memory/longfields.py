"""CSV rows with fields longer than Python's usual limit, which is one of the whole process."""

from __future__ import annotations

import csv
from collections.abc import Iterator


def with_fields_up_to(limit: int, rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Rows of a `csv.reader` whose fields may have so many characters.

    The limit of the process holds again whenever a row is handed out, for whoever else reads CSV meanwhile.
    """
    while True:
        usual = csv.field_size_limit(limit)
        try:
            row = next(rows, None)
        finally:
            csv.field_size_limit(usual)
        if row is None:
            return
        yield row

"""What readers of files of JSON records have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gradatim.memory.collection.json_stream import json_elements
from gradatim.memory.collection.json_window import loads
from gradatim.memory.collection.row import ReadingOptions, Rejected, Row


class RecordReader(ABC):
    """Reads JSON arrays and JSON Lines record by record; what a record tells is for the kind of reader to say.

    The instants of its records have been aligned before: they are compared with no second clock.
    """

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options

    def read(self, path: Path) -> Iterator[Row]:
        """All rows that the file holds."""
        for element in json_elements(path, self._options.position):
            if element.problem is not None:
                yield Rejected(element.number, element.problem, element.raw)
            else:
                yield from self._rows(element.value, element.raw, element.number)

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """The rows of one record by itself."""
        value, problem = loads(raw)
        if problem is not None:
            yield Rejected(place, problem, raw, context)
        else:
            yield from self._rows(value, raw, place)

    def two_clocks(self, path: Path) -> bool:
        """Whether two clocks tell of one record: never here."""
        return False

    @abstractmethod
    def _rows(self, value: Any, raw: bytes, place: int) -> Iterator[Row]:
        """The rows of one record; for the kind of reader to say."""

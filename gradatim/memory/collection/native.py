"""Reads gradatim's own events: JSON Lines, arrays, and what `gradatim learner export` prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from gradatim.memory.collection.building import restore
from gradatim.memory.collection.json_stream import json_elements
from gradatim.memory.collection.json_window import loads
from gradatim.memory.collection.plain import is_list, is_object
from gradatim.memory.collection.row import Parsed, ReadingOptions, Rejected, Row, RowError


class NativeReader:
    """Events as they are.

    Args:
        options: Only how far the reading has come; events say everything else themselves.
    """

    name = "gradatim"

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options

    def read(self, path: Path) -> Iterator[Row]:
        """All events of a file."""
        for element in json_elements(path, self._options.position):
            if element.problem is not None:
                yield Rejected(element.number, element.problem, element.raw)
            else:
                yield from self._rows(element.value, element.raw, element.number)

    def again(self, raw: bytes, context: Mapping[str, Any], place: int) -> Iterator[Row]:
        """The row of one event by itself."""
        value, problem = loads(raw)
        if problem is not None:
            yield Rejected(place, problem, raw, context)
        else:
            yield from self._rows(value, raw, place)

    def two_clocks(self, path: Path) -> bool:
        """Never: their instants were aligned when they were first collected."""
        return False

    def _rows(self, value: Any, raw: bytes, place: int) -> Iterator[Row]:
        listed = value.get("events") if is_object(value) else value
        if is_list(listed):
            for part in listed:
                yield from self._rows(part, orjson.dumps(part), place)
        elif not is_object(value):
            yield Rejected(place, "it is no event", raw)
        else:
            try:
                yield Parsed(place, restore(value))
            except RowError as error:
                yield Rejected(place, str(error), raw)

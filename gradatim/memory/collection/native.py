"""Reads gradatim's own events: JSON Lines, arrays, and what `gradatim learner export` prints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from gradatim.memory.collection.building import restore
from gradatim.memory.collection.plain import is_list, is_object
from gradatim.memory.collection.records import RecordReader
from gradatim.memory.collection.row import Parsed, Rejected, Row, RowError


class NativeReader(RecordReader):
    """Events as they are.

    Args:
        options: Only how far the reading has come; events say everything else themselves.
    """

    name = "gradatim"

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

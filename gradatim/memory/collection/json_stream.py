"""JSON of any size, a record at a time: JSON Lines, arrays, and arrays inside an object (`statements`, `data`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from gradatim.errors import InputError
from gradatim.memory.collection import json_window
from gradatim.memory.collection.json_window import KEPT, Element, Window, cut, loads, too_long
from gradatim.memory.collection.row import Position


def json_elements(path: Path, position: Position | None = None) -> Iterator[Element]:
    """All records of a file.

    Args:
        path: The file.
        position: Is told how far the reading has come.

    Raises:
        InputError: The file cannot be opened.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a file") from error
    with file:
        if file.read(3) != b"\xef\xbb\xbf":
            file.seek(0)
        position = position or Position()
        yield from _lines(file, position) if _is_lines(file) else _documents(Window(file, position))


def _is_lines(file: IO[bytes]) -> bool:
    """Whether each line is a record: the first one is valid JSON, and it is no array that could be a batch."""
    begin = file.tell()
    try:
        line = b"\n"
        while line and not line.strip():
            line = file.readline(json_window.BLOCK)
        if len(line) == json_window.BLOCK and not line.endswith(b"\n"):
            return False
        if line.lstrip()[:1] != b"{":
            return not line or line.lstrip()[:1] not in (b"[", b"{")
        return loads(line)[1] is None or bool(re.match(rb'\s*\{.*"\s*:', line) and _follows_object(file))
    finally:
        file.seek(begin)


def _follows_object(file: IO[bytes]) -> bool:
    """Whether the next line, too, begins an object at its very start: a broken first line, not a spread-out object."""
    return file.readline(json_window.LIMIT)[:1] == b"{"


def _lines(file: IO[bytes], position: Position) -> Iterator[Element]:
    number = 0
    read, parse = file.readline, orjson.loads
    nothing: dict[str, Any] = {}
    while line := read(json_window.LIMIT + 1):
        number += 1
        if number & 255 == 0:
            position.bytes = file.tell()
        if len(line) > json_window.LIMIT:
            while (rest := read(json_window.LIMIT)) and not rest.endswith(b"\n"):
                pass
            yield Element(number, None, line[:KEPT], too_long(), nothing)
            continue
        try:
            yield Element(number, parse(line), line, None, nothing)
        except orjson.JSONDecodeError:
            if line.strip():
                yield Element(number, None, line, loads(line)[1], nothing)


def _documents(window: Window) -> Iterator[Element]:
    number = 0
    while (byte := window.peek()) is not None:
        around: dict[str, Any] = {}
        if byte == b"[":
            window.position += 1
            lists = window.elements(number, around)
        elif byte == b"{":
            lists = window.keyed(number, around)
        else:
            number += 1
            yield cut(Element(number, None, window.skip(), "it is no JSON object", around))
            continue
        for element in lists:
            number = element.number
            yield element

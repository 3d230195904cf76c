"""The part of a JSON file that is being looked at, and the records in it.

A record is never searched character by character as long as the file is in order: an element of an array begins at a
known place, and the first `}` before another element or the closing bracket up to which the text is valid JSON is its
end, because no proper beginning of a JSON object is itself a JSON object. Only a broken element is measured by its
brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, NamedTuple

import orjson

from gradatim.memory.collection.row import Position

LIMIT = 16 * 1024 * 1024
"""Bytes that one record may have."""
KEPT = 64 * 1024
"""Bytes kept of a record that is longer than that."""
CUT = "only its beginning was kept"
"""Said of such a record."""
LISTS = frozenset({"statements", "data", "events"})
"""Keys under which batches of records stand."""

BLOCK = 1024 * 1024
_TRIES = 8
_BLANK = re.compile(rb"[\s,]*")
_END = re.compile(rb"\}(?=\s*(?:,\s*\{|\]))")
_LAST = re.compile(rb"\}\s*\Z")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|["{}\[\]]', re.DOTALL)
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]*")
_NEW = re.compile(rb"\n(?=\{)")
_FIRST_KEY = re.compile(rb'\{\s*("(?:[^"\\]|\\.)*")')


class Element(NamedTuple):
    """One record."""

    number: int
    """Counted from 1: the line in a file of lines, the element in an array."""
    value: Any
    raw: bytes
    problem: str | None
    """Why there is no value."""
    around: dict[str, Any]
    """What the object around the array holds before the array: an envelope."""


class Window:
    """The part of a file that is being looked at."""

    def __init__(self, file: IO[bytes], told: Position) -> None:
        self._file = file
        self._told = told
        self._buffer = b""
        self._ended = False
        self._key = b""
        """First key of the last good element, to find the next one after a broken one."""
        self.position = 0

    def more(self) -> bool:
        """Read on; `False` at the end of the file or when a record is too long."""
        if self._ended or len(self._buffer) - self.position > LIMIT:
            return False
        block = self._file.read(max(BLOCK, len(self._buffer) - self.position))
        self._ended = not block
        self._told.bytes += len(block)
        self._buffer = self._buffer[self.position :] + block
        self.position = 0
        return bool(block)

    def peek(self) -> bytes | None:
        """The next byte that is neither blank nor a comma, without moving past it."""
        while True:
            found = _BLANK.match(self._buffer, self.position)
            self.position = found.end() if found else self.position
            if self.position < len(self._buffer):
                return self._buffer[self.position : self.position + 1]
            if not self.more():
                return None

    def skip(self) -> bytes:
        """Move past what cannot be read, to the next line that begins with an object, and give what was passed over."""
        passed = b""
        while (found := _NEW.search(self._buffer, self.position + 1)) is None:
            if not self.more():
                passed += self._buffer[self.position :][: KEPT - len(passed)]
                self.position = len(self._buffer)
                if self._ended:
                    return passed
        raw = self._buffer[self.position : found.start() + 1]
        self.position = found.start() + 1
        return passed + raw[: max(0, KEPT - len(passed))]

    def elements(self, number: int, around: dict[str, Any]) -> Iterator[Element]:
        """The elements of the array that begins before the position."""
        while True:
            byte = self.peek()
            if byte == b"]":
                self.position += 1
                return
            number += 1
            if byte is None:
                yield Element(number, None, b"", "the file ends in the middle of a list", around)
                return
            yield self._element(number, around) if byte == b"{" else self._stray(number, around)

    def keyed(self, number: int, around: dict[str, Any]) -> Iterator[Element]:
        """The records under the keys of the object at the position; the object itself where there are none."""
        begin = number
        self.position += 1
        batch = False
        while True:
            byte = self.peek()
            if byte == b"}":
                self.position += 1
                break
            key = self._string() if byte == b'"' else None
            if key is None or self.peek() != b":":
                problem = "the file ends in the middle of an object" if byte is None else "it is not valid JSON"
                yield cut(Element(number + 1, None, self.skip(), problem, around))
                return
            self.position += 1
            if self.peek() == b"[" and key in LISTS:
                self.position += 1
                batch = True
                for element in self.elements(number, dict(around)):
                    number = element.number
                    yield element
            else:
                around[key], problem = loads(self._value())
                if problem:
                    yield cut(Element(number + 1, None, self.skip(), problem, {}))
                    return
        if not batch and number == begin:
            yield Element(number + 1, around, orjson.dumps(around), None, {})

    def _string(self) -> str | None:
        while (found := _STRING.match(self._buffer, self.position)) is None:
            if not self.more():
                return None
        self.position = found.end()
        return loads(found.group())[0]

    def _value(self) -> bytes:
        """The text of any value at the position, moving past it."""
        byte = self.peek()
        if byte in (b"{", b"["):
            end = self._balanced() or len(self._buffer)
        else:
            while True:
                found = (_STRING if byte == b'"' else _SCALAR).match(self._buffer, self.position)
                if (found and found.end() < len(self._buffer)) or not self.more():
                    break
            end = found.end() if found else len(self._buffer)
        raw = self._buffer[self.position : end]
        self.position = end
        return raw

    def _element(self, number: int, around: dict[str, Any]) -> Element:
        tries, offset = 0, 1
        while tries < _TRIES:
            found = _END.search(self._buffer, self.position + offset)
            if found is None:
                if self.more():
                    continue
                found = _LAST.search(self._buffer, self.position + offset) if self._ended else None
                if found is None:
                    break
            end = found.start() + 1
            raw = self._buffer[self.position : end]
            try:
                value = orjson.loads(raw)
            except orjson.JSONDecodeError:
                tries += 1
                offset = end - self.position
                continue
            return self._good(number, value, raw, around)
        end = self._balanced()
        if end is not None:
            raw = self._buffer[self.position : end]
            value, problem = loads(raw)
            if problem is None:
                return self._good(number, value, raw, around)
        elif not self._ended:
            return Element(number, None, self._pass_over(), too_long(), around)
        else:
            problem = "it does not end"
        following = self._following()
        end = min(end or len(self._buffer), following or len(self._buffer))
        raw = self._buffer[self.position : end]
        self.position = end
        return Element(number, None, raw, problem, around)

    def _good(self, number: int, value: Any, raw: bytes, around: dict[str, Any]) -> Element:
        if not self._key and (found := _FIRST_KEY.match(raw)):
            self._key = found.group(1)
        self.position += len(raw)
        return Element(number, value, raw, None, around)

    def _stray(self, number: int, around: dict[str, Any]) -> Element:
        """An element that is no object."""
        before = self.position
        raw = self._value()
        if self.position == before:  # a colon or bracket that belongs nowhere
            self.position += 1
        return Element(number, None, raw, "it is no JSON object", around)

    def _balanced(self) -> int | None:
        """Where the object or array at the position ends, by its brackets; `None` where it does not."""
        while True:
            depth = 0
            for found in _TOKEN.finditer(self._buffer, self.position):
                token = found.group()
                if token == b'"':  # a text that is not finished
                    break
                if token in (b"{", b"["):
                    depth += 1
                elif token in (b"}", b"]"):
                    depth -= 1
                    if depth == 0:
                        return found.end()
            if not self.more():
                return None

    def _pass_over(self) -> bytes:
        """Move past an element that is too long, and give its beginning."""
        raw = self._buffer[self.position : self.position + KEPT]
        while (following := self._following()) is None:
            self.position = max(self.position + 1, len(self._buffer) - KEPT)  # the sign may be split between blocks
            if not self.more():
                following = len(self._buffer)
                break
        self.position = following
        return raw

    def _following(self) -> int | None:
        """Where, after a broken element, the next one seems to begin: at an object with the usual first key."""
        key = self._key
        if not key and (first := _FIRST_KEY.match(self._buffer, self.position)):
            key = first.group(1)
        if not key:
            return None
        found = re.compile(rb",\s*(?=\{\s*" + re.escape(key) + rb"\s*:)").search(self._buffer, self.position + 1)
        return found.start() if found else None


def loads(raw: bytes | memoryview) -> tuple[Any, str | None]:
    """The value of a JSON text, or why it has none."""
    try:
        return orjson.loads(raw), None
    except orjson.JSONDecodeError as error:
        try:
            bytes(raw).decode()
        except UnicodeDecodeError:
            return None, "it is not UTF-8 text"
        return None, f"it is not valid JSON: {error.msg}"


def too_long() -> str:
    """Why a record is not read."""
    return f"it is longer than {LIMIT // (1024 * 1024)} MiB; {CUT}"


def cut(element: Element) -> Element:
    """The element, saying so where its text was too long to be kept."""
    return element._replace(problem=f"{element.problem}; {CUT}") if len(element.raw) >= KEPT else element

"""XML for GraphML: texts that XML can hold, and a reader that a hostile file cannot lead astray.

A document type declaration is refused, and with it every entity of its own: no file is opened, nothing is fetched,
nothing grows while it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from gradatim.errors import InputError
from gradatim.kg.exchange.limits import MAX_DEPTH, MAX_TEXT, too_long

_ESCAPE = "\u241b"
"""SYMBOL FOR ESCAPE: before the four hexadecimal digits of a character that XML does not hold, or changes."""
_UNFIT = re.compile(f"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|{_ESCAPE}")
_ESCAPED = re.compile(f"{_ESCAPE}(?!D[89A-F])([0-9A-F]{{4}})")
"""Half of a surrogate pair is no character."""
_AT_ONCE = 1 << 16
_LONGEST = 10 * MAX_TEXT
"""Characters of the content of one element: some are written as five, and a list is one text."""


def fitting(text: str) -> str:
    """A text with every character that XML cannot hold, or reads as another (a carriage return), written as `␛000D`."""
    return _UNFIT.sub(lambda found: f"{_ESCAPE}{ord(found.group()):04X}", text)


def original(text: str) -> str:
    """What `fitting` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def content(text: str) -> str:
    """A text as the content of an element."""
    return escape(fitting(text))


def attribute(text: str) -> str:
    """A text as the value of an attribute, with its quotes."""
    return quoteattr(fitting(text))


class Handler(Protocol):
    """What is told what stands in the file. Names carry their namespace before a blank: `http://… node`."""

    def start(self, name: str, attributes: Mapping[str, str], place: str) -> None:
        """An element begins."""
        ...

    def end(self, name: str, text: str, place: str) -> None:
        """An element ends; `text` is what stood between its tags, without that of the elements in it."""
        ...


def parse(data: bytes, name: str, handler: Handler) -> None:
    """Read an XML file.

    Args:
        data: The file.
        name: How it is called in errors.
        handler: Is told every element, with `name:line`.

    Raises:
        InputError: It is not XML, has a document type, or is deeper or has longer texts than any graph needs.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    reading = _Reading(name, handler, lambda: parser.CurrentLineNumber)
    parser.StartDoctypeDeclHandler = reading.doctype
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.characters
    try:
        for at in range(0, len(data), _AT_ONCE):
            parser.Parse(data[at : at + _AT_ONCE], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise InputError(
            f"is not well-formed XML: {expat.ErrorString(error.code)}",
            place=f"{name}:{error.lineno}",
            remedy="correct the file, or export it again",
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not have, or that has no single bytes
        raise InputError(f"is not well-formed XML: {error}", place=name, remedy="save it as UTF-8") from error


class _Reading:
    def __init__(self, name: str, handler: Handler, line: Callable[[], int]) -> None:
        self._name = name
        self._handler = handler
        self._line = line
        self._texts: list[list[str]] = []
        self._lengths: list[int] = []

    @property
    def _place(self) -> str:
        return f"{self._name}:{self._line()}"

    def doctype(self, *_: Any) -> None:
        raise InputError(
            "has a document type (<!DOCTYPE), which may pull in other files or grow without end",
            place=self._place,
            remedy="remove the declaration; GraphML needs none",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._texts) >= MAX_DEPTH:
            raise InputError(
                f"has more than {MAX_DEPTH} elements in one another", place=self._place, remedy="export it again"
            )
        for key, value in attributes.items():
            if len(value) > MAX_TEXT:
                raise too_long(f"attribute {key[:60]!r}", self._place)
        self._texts.append([])
        self._lengths.append(0)
        self._handler.start(name, attributes, self._place)

    def characters(self, text: str) -> None:
        self._lengths[-1] += len(text)
        if self._lengths[-1] > _LONGEST:
            raise too_long("a text", self._place)
        self._texts[-1].append(text)

    def end(self, name: str) -> None:
        self._lengths.pop()
        self._handler.end(name, "".join(self._texts.pop()), self._place)

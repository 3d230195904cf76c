"""The formats by name, and which of them a file is in."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from gradatim.errors import InputError
from gradatim.memory.collection.caliper import CaliperReader
from gradatim.memory.collection.csv_stream import Table
from gradatim.memory.collection.files import beginning
from gradatim.memory.collection.gift import GiftReader
from gradatim.memory.collection.gradebook import GradeBookReader
from gradatim.memory.collection.gradebook.layouts import layout_of
from gradatim.memory.collection.native import NativeReader
from gradatim.memory.collection.progsnap2 import ProgSnapReader
from gradatim.memory.collection.progsnap2.vocabulary import REQUIRED
from gradatim.memory.collection.quarantine import QuarantineReader
from gradatim.memory.collection.row import Reader, ReadingOptions
from gradatim.memory.collection.xapi import XapiReader

_READERS: dict[str, Callable[[ReadingOptions], Reader]] = {
    "xapi": XapiReader,
    "caliper": CaliperReader,
    "progsnap2": ProgSnapReader,
    "gradebook": GradeBookReader,
    "gift": GiftReader,
    "gradatim": NativeReader,
    "quarantine": lambda options: QuarantineReader(options, find_reader),
}
FORMATS = tuple(_READERS)
"""Names of the formats."""

_GIFT = re.compile(rb"^\$CATEGORY:|^\s*::.*::|\{[^{}]*[=~#TF][^{}]*\}|\{\s*\}", re.MULTILINE)
_FAR = 32 * 1024 * 1024
"""How far is looked where the first record is a very long one."""
_UNKNOWN = f"name the format with --format: {', '.join(FORMATS)}"


def find_reader(name: str, options: ReadingOptions) -> Reader | None:
    """The reader of a format; `None` where there is no such format."""
    make = _READERS.get(name)
    return None if make is None else make(options)


def reader_of(name: str, options: ReadingOptions) -> Reader:
    """The reader of a format.

    Raises:
        InputError: There is no such format.
    """
    reader = find_reader(name, options)
    if reader is None:
        raise InputError(f"there is no format {name!r}", place="--format", remedy=_UNKNOWN)
    return reader


def recognise(path: Path) -> str:
    """The format of a file or folder, by what stands in it.

    Raises:
        InputError: It cannot be read, is empty, or is of no format that is known.
    """
    if path.is_dir():
        if (path / "MainTable.csv").is_file():
            return "progsnap2"
        raise InputError("the folder holds no MainTable.csv", place=str(path), remedy=_UNKNOWN)
    text = beginning(path)
    if not text.strip():
        raise InputError("is empty", place=str(path), remedy="name a file with records")
    is_json = text.lstrip()[:1] in (b"{", b"[")
    form = _json(text) or _json(beginning(path, _FAR)) if is_json else _lines(path, text)
    if form is None:
        raise InputError("its format is not recognised", place=str(path), remedy=_UNKNOWN)
    return form


def _json(text: bytes) -> str | None:
    if b'"gradatim"' in text and b'"quarantine"' in text.split(b"\n", 1)[0]:
        return "quarantine"
    if b'"learner_id"' in text and b'"kind"' in text:
        return "gradatim"
    if b'"verb"' in text and (b'"actor"' in text or b'"object"' in text):
        return "xapi"
    if b"/ctx/caliper" in text or b'"eventTime"' in text or b'"sendTime"' in text:
        return "caliper"
    if b'"statements"' in text:
        return "xapi"
    if b'"events"' in text:
        return "gradatim"
    return None


def _lines(path: Path, text: bytes) -> str | None:
    if path.suffix.lower() == ".gift":
        return "gift"
    try:
        with Table(path) as table:
            if all(name in table.header for name in REQUIRED):
                return "progsnap2"
            if layout_of(table.header, path) is not None:
                return "gradebook"
    except InputError:
        if path.suffix.lower() == ".csv":
            raise
    return "gift" if _GIFT.search(text) else None

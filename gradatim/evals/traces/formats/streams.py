"""Files of JSON, read and written as streams: lines or whole documents, compressed or not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from gradatim.errors import InputError, StorageError
from gradatim.evals.packed import UNREADABLE, opened

HEAD = 64 * 1024
"""Bytes by which a format is recognised."""
LONGEST = 256 * 2**20
"""Bytes of one line at most."""
LARGEST = 2 * 2**30
"""Bytes of a file that has to be read whole."""
_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY
_BOM = b"\xef\xbb\xbf"
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|["{}\[\]:]', re.DOTALL)


@contextmanager
def reading(path: Path) -> Generator[BinaryIO]:
    """A file, open for reading and unpacked if its name ends in `.gz`.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with opened(path, "rb") as file:
            yield file
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"cannot be read: {reason}", place=str(path), remedy="name a file of traces that is whole"
        ) from error


@contextmanager
def writing(path: Path) -> Generator[BinaryIO]:
    """A file, open for writing and packed if its name ends in `.gz`, that replaces `path` when all went well.

    Raises:
        StorageError: It cannot be written.
    """
    with replacing(path) as part, opened(part, "wb") as file:
        yield file


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """A place beside `path` to write to, which replaces it when all went well and is removed if not.

    Runs may hold what learners wrote: a new file can be read by its owner alone, one that was there keeps its mode.

    Raises:
        StorageError: It cannot be written.
    """
    part = path.with_name(f".{path.name}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)
        yield part
        part.replace(path)
    except OSError as error:
        raise StorageError(
            f"cannot be written: {error.strerror or error}", place=str(path), remedy="choose another place"
        ) from error
    finally:
        with suppress(OSError):  # gone already where it has replaced the file
            part.unlink(missing_ok=True)


def dumped(value: Any, place: str) -> bytes:
    """A value as one line of JSON, without a line break.

    Raises:
        InputError: It holds something that JSON cannot.
    """
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except (TypeError, ValueError) as error:
        raise InputError(f"cannot be written as JSON: {error}", place=place, remedy="leave that value out") from error


def head_of(path: Path) -> bytes:
    """The first bytes of a file, unpacked.

    Raises:
        InputError: It cannot be read.
    """
    with reading(path) as file:
        return file.read(HEAD).removeprefix(_BOM).lstrip()


def first_keys(head: bytes) -> frozenset[str]:
    """Keys of the first object of a piece of JSON that may be cut off anywhere; of the first in a list likewise."""
    depth, keys = 0, set[str]()
    token, outer = b"", 0
    for match in _TOKEN.finditer(head):
        last, token = token, match.group()
        if token == b'"':  # cut off within a text
            break
        if token == b"[" and not keys and depth == outer:
            outer += 1
        if token in b"{[":
            depth += 1
        elif token in b"}]":
            depth -= 1
            if depth <= outer:
                break
        elif token == b":" and depth == outer + 1 and last[:1] == b'"':
            with suppress(orjson.JSONDecodeError):
                keys.add(orjson.loads(last))
    return frozenset(keys)


def values_of(path: Path, single: Callable[[list[Any]], bool] | None = None) -> Iterator[tuple[str, Any]]:
    """The JSON values of a file with the place of each: its lines, or what the whole of it is.

    A list that is the whole file gives its items. Lines are read as a stream; a document of many lines is read whole.

    Args:
        path: A file of JSON or of JSON Lines.
        single: Says of a list that is the whole file whether it is one value.

    Raises:
        InputError: It cannot be read or is not JSON; names the line.
    """
    with reading(path) as file:
        by_line = _has_lines(file)
    if by_line:
        yield from _lines(path)
    else:
        yield from _document(path, single)


def _lines(path: Path) -> Iterator[tuple[str, Any]]:
    with reading(path) as file:
        number = 0
        while line := file.readline(LONGEST + 1):
            number += 1
            place = f"{path}:{number}"
            if len(line) > LONGEST:
                raise InputError(f"is longer than {LONGEST:,} bytes", place=place, remedy="give one value a line")
            if number == 1:
                line = line.removeprefix(_BOM)
            if line.strip():
                try:
                    value = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise InputError(
                        f"is not JSON: {_told(error)}", place=place, remedy="give one JSON object a line"
                    ) from error
                yield place, value


def _document(path: Path, single: Callable[[list[Any]], bool] | None) -> Iterator[tuple[str, Any]]:
    with reading(path) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(
            f"is larger than {LARGEST:,} bytes", place=str(path), remedy="write it as JSON Lines, one object a line"
        )
    if not data.strip():
        return
    try:
        value: Any = json_of(data.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise InputError(
            f"is not JSON: {_told(error)}", place=f"{path}:{error.lineno}", remedy="give a file of JSON or JSON Lines"
        ) from error
    del data
    if isinstance(value, list) and not (single is not None and single(cast("list[Any]", value))):
        items = cast("list[Any]", value)
        yield from ((f"{path}, item {number}", item) for number, item in enumerate(items, 1))
    else:
        yield str(path), value


def json_of(data: bytes) -> Any:
    """What JSON holds. NaN and infinities, which are no JSON but come out of Python's own writer, are `None`.

    Raises:
        orjson.JSONDecodeError: It is not JSON.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        if b"NaN" not in data and b"Infinity" not in data:
            raise
        with suppress(ValueError, RecursionError):
            return json.loads(data, parse_constant=lambda _: None)
        raise


def _has_lines(file: BinaryIO) -> bool:
    """Whether its first line that is not blank is a value of its own: an object, or a list after which more comes."""
    line = b""
    while not line.strip():
        if not (line := file.readline(LONGEST + 1)):
            return False
        line = line.removeprefix(_BOM)
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return len(line) > LONGEST
    return isinstance(value, dict) or bool(file.readline(2).strip())


def _told(error: orjson.JSONDecodeError) -> str:
    return f"{error.msg} (column {error.colno})"

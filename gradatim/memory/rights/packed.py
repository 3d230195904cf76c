"""Files whose name ends in `.gz`: read and written like those that are not packed.

What a writer who was killed left of a packed file ends in the middle of it: that is its end.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, cast

from gradatim.errors import StorageError

_BLOCK = 1 << 20
"""Bytes that are unpacked at once."""


def is_packed(path: Path) -> bool:
    """Whether a file is packed, by its name."""
    return path.suffix == ".gz"


@contextmanager
def unpacking(path: Path, file: IO[bytes]) -> Generator[IO[bytes]]:
    """The content of an open file.

    Raises:
        StorageError: It is damaged, or packed by its name alone.
    """
    if not is_packed(path):
        yield file
        return
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as content:
            yield cast("IO[bytes]", content)
    except (gzip.BadGzipFile, zlib.error) as error:
        raise StorageError(
            f"cannot be unpacked: {error}", place=str(path), remedy="mend the file, or delete it by hand"
        ) from error


@contextmanager
def packing(path: Path, file: IO[bytes]) -> Generator[IO[bytes]]:
    """Where to write what takes the place of `path`, into an open file; all of it is there afterwards."""
    if not is_packed(path):
        yield file
        return
    with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as content:
        yield cast("IO[bytes]", content)


def lines(content: IO[bytes]) -> Iterator[bytes]:
    """Whole lines of what `unpacking` gives."""
    with suppress(EOFError):
        yield from content


@contextmanager
def laid_out(path: Path, file: IO[bytes]) -> Generator[IO[bytes]]:
    """An open file as it can be mapped: itself, or its content in a file beside it that has no name.

    Raises:
        OSError: There is no room.
        StorageError: It is damaged, or packed by its name alone.
    """
    if not is_packed(path):
        yield file
        return
    with TemporaryFile(dir=path.parent) as plain:
        with unpacking(path, file) as content, suppress(EOFError):
            while block := cast("gzip.GzipFile", content).read1(_BLOCK):
                plain.write(block)
        plain.flush()
        yield plain

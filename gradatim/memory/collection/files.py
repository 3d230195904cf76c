"""Looking into files without reading them whole into memory."""

from __future__ import annotations

from pathlib import Path

from gradatim.errors import InputError

_BLOCK = 4 * 1024 * 1024


def contains(path: Path, needle: bytes) -> bool:
    """Whether these bytes occur anywhere in a file; far faster than reading its records.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            before = b""
            while block := file.read(_BLOCK):
                if needle in before + block[: len(needle)] or needle in block:
                    return True
                before = block[-len(needle) :]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a file") from error
    return False


def beginning(path: Path, size: int = 64 * 1024) -> bytes:
    """The first bytes of a file, without a byte order mark.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size).removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a file") from error

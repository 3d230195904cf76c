"""The bytes of a file, read once and with care: it may be anything, and may change at any time."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from gradatim.kg.construction.documents.limits import Limits
from gradatim.kg.construction.documents.unreadable import Unreadable

_CHUNK = 1 << 20


def read_file(path: Path, limits: Limits) -> bytes:
    """The content of a regular file.

    Raises:
        Unreadable: It is empty or too large, is a pipe or a device, may not be read, or is no longer there.
    """
    try:
        # before it is opened, too: to open a device can do something, and to open a pipe can wait for ever
        _require_regular(os.stat(path).st_mode)
        opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            _require_regular(os.fstat(opened).st_mode)
            data = _content(opened, limits.file_bytes)
        finally:
            os.close(opened)
    except FileNotFoundError:
        raise Unreadable(
            "the file was there a moment ago and is gone", remedy="leave it in place and try again"
        ) from None
    except PermissionError:
        raise Unreadable("the file may not be read", remedy="change its permissions") from None
    except OSError as error:
        raise Unreadable(f"the file cannot be read: {error.strerror or error}") from error
    if not data:
        raise Unreadable("the file is empty")
    return data


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise Unreadable("this is a pipe, a device or the like", remedy="give a regular file")


def _content(opened: int, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := os.read(opened, min(_CHUNK, most + 1 - size)):
        chunks.append(chunk)
        size += len(chunk)
        if size > most:
            raise Unreadable(
                f"the file is larger than {most / 1e6:g} MB",
                remedy="split it, take out pictures and the outputs of notebooks, or raise the limit",
            )
    return b"".join(chunks)

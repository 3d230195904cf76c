"""Files whose name ends in `.gz` are packed; everybody else reads and writes them like the others."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, Literal, cast

UNREADABLE = (OSError, EOFError, zlib.error)
"""What opening and reading may raise: the second where a packed file was cut off, the third where it is damaged."""


def opened(path: Path, mode: Literal["rb", "wb", "ab"]) -> BinaryIO:
    """A file of bytes, packed if its name ends in `.gz`.

    Raises:
        OSError: It cannot be opened; writing may raise it too, and reading one of `UNREADABLE`.
    """
    return cast("BinaryIO", (gzip.open if path.suffix == ".gz" else open)(path, mode))

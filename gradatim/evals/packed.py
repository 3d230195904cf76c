"""Files whose name ends in `.gz` are packed; everybody else reads and writes them like the others."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO, Literal, cast


def opened(path: Path, mode: Literal["rb", "wb", "ab"]) -> BinaryIO:
    """A file of bytes, packed if its name ends in `.gz`.

    Raises:
        OSError: It cannot be opened; reading and writing may raise it too, and reading a packed file besides
            `EOFError` (it was cut off) and `zlib.error` (it is damaged).
    """
    return cast("BinaryIO", (gzip.open if path.suffix == ".gz" else open)(path, mode))

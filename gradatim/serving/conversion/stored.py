"""Where the bytes of a tensor lie, and reading them a stretch at a time."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from gradatim.errors import InputError
from gradatim.serving.conversion.dtypes import ITEM_BYTES, Code

STRETCH = 4 << 20
"""Bytes in memory at a time; a multiple of every number's size."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in a file, row by row without gaps.

    Attributes:
        path: The file.
        offset: Where its bytes begin.
        code: Number format.
        shape: Lengths of its axes.
    """

    path: Path
    offset: int
    code: Code
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Bytes of the whole tensor."""
        return bytes_of(self.shape, self.code)

    def rows(self, start: int, stop: int, *, whole: int | None = None) -> Generator[bytes]:
        """The bytes of some rows (indices of the first axis), in stretches.

        Args:
            start: First row.
            stop: One past the last row.
            whole: Cut between rows alone, with so many bytes to a stretch or a single row.

        Raises:
            InputError: The file has become shorter than its own description.
            OSError: It cannot be read.
        """
        row = self.size // self.shape[0]
        left = (stop - start) * row
        stretch = STRETCH if whole is None else max(1, whole // row) * row
        with self.path.open("rb") as stream:
            stream.seek(self.offset + start * row)
            while left:
                wanted = min(stretch, left)
                block = stream.read(wanted)
                if len(block) < wanted:
                    raise InputError("the file ends too early", place=str(self.path), remedy="fetch the file again")
                left -= len(block)
                yield block


def bytes_of(shape: tuple[int, ...], code: Code) -> int:
    """Bytes of a tensor of this shape and format."""
    return math.prod(shape) * ITEM_BYTES[code]

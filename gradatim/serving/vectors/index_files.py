"""The files in which Chroma keeps a vector index, freed of what was never meant to be in them.

A new index is written with room for elements that do not exist yet, and that room holds whatever the process had in
its memory before: texts of learners, or keys. It is overwritten with zeros here; elements added later take its place.
"""

from __future__ import annotations

import struct
from pathlib import Path

_HEADER = struct.Struct("<i4Q")
"""Version, offset of level 0, room for elements, elements, bytes of an element; as hnswlib writes it."""
_VERSION = 1
_LENGTH_BYTES = 4
"""Size of one entry in `length.bin`."""


def blank_unused(index: Path) -> None:
    """Overwrite the unused room in the files of one index.

    Files of an unknown layout are left as they are.

    Args:
        index: The folder of the index.
    """
    try:
        header = (index / "header.bin").read_bytes()
    except FileNotFoundError:
        return
    if len(header) < _HEADER.size:
        return
    version, offset, room, elements, element_bytes = _HEADER.unpack_from(header)
    level0 = index / "data_level0.bin"
    if version != _VERSION or offset != 0 or not level0.exists() or level0.stat().st_size != room * element_bytes:
        return  # an index that was written out whole has no unused room
    _blank(level0, elements * element_bytes)
    _blank(index / "length.bin", elements * _LENGTH_BYTES)


def _blank(path: Path, start: int) -> None:
    if not path.exists() or (unused := path.stat().st_size - start) <= 0:
        return
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(unused))

"""The safetensors format, read and written piece by piece without holding a file in memory.

A file is the length of a JSON header (8 bytes, little-endian), the header (tensor → dtype, shape, begin and end in
the data), and the data without gaps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError
from gradatim.serving.conversion.dtypes import ITEM_BYTES, Code
from gradatim.serving.conversion.stored import StoredTensor, bytes_of

_LONGEST_HEADER = 100_000_000
"""Bytes; the limit of the reference implementation."""
_ALIGNMENT = 8


def read_header(path: Path, *, integers: bool = False) -> dict[str, StoredTensor]:
    """Which tensors a file holds and where their bytes lie.

    Args:
        path: The file.
        integers: Whether 8-bit integers are expected beside floating-point numbers.

    Raises:
        InputError: It is no safetensors file, is cut off, or holds numbers that are not plain weights.
        OSError: The file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            raise _damaged(path, "its header is cut off" if length <= _LONGEST_HEADER else "it has no header")
        text = stream.read(length)
    try:
        header: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"its header is not JSON: {error}") from error
    if not isinstance(header, dict):
        raise _damaged(path, "its header is not a JSON object")
    data = 8 + length
    tensors = {
        name: _entry(path, name, entry, data, integers)
        for name, entry in cast("dict[str, object]", header).items()
        if name != "__metadata__"
    }
    end = max((tensor.offset + tensor.size for tensor in tensors.values()), default=data)
    if end > size:
        raise _damaged(path, f"it is cut off: {size:,} bytes of {end:,}")
    return tensors


def _entry(path: Path, name: str, entry: object, data: int, integers: bool) -> StoredTensor:
    try:
        fields = cast("dict[str, Any]", entry)
        code, shape = str(fields["dtype"]), tuple(int(length) for length in fields["shape"])
        begin, end = (int(offset) for offset in fields["data_offsets"])
    except (TypeError, KeyError, ValueError) as error:
        raise _damaged(path, f"its header describes {name!r} wrongly") from error
    if code not in ITEM_BYTES or (code == "I8" and not integers):
        raise InputError(
            f"{name} holds {code}, not floating-point weights of 16 or 32 bits",
            place=str(path),
            remedy="convert the full-precision checkpoint; --quantize int8 makes its weights 8-bit",
        )
    if min(shape, default=0) < 0 or begin < 0 or end - begin != bytes_of(shape, code):
        raise _damaged(path, f"the size of {name!r} does not fit its shape")
    return StoredTensor(path, data + begin, code, shape)


def header_of(tensors: Iterable[tuple[str, Code, tuple[int, ...]]]) -> bytes:
    """The bytes before the data of a file that holds these tensors in this order."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for name, code, shape in tensors:
        begin, end = end, end + bytes_of(shape, code)
        header[name] = {"dtype": code, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text


def _damaged(path: Path, what: str) -> InputError:
    return InputError(
        f"this safetensors file is damaged: {what}", place=str(path), remedy="fetch the file again, whole"
    )

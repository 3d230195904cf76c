"""Number formats of weights, converted a stretch of bytes at a time and never with a NaN or an infinity."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Code = Literal["F32", "F16", "BF16", "I8"]
"""Number formats by the names that safetensors files use; integers are in what was quantized here alone."""
Dtype = Literal["float32", "float16", "bfloat16"]

ITEM_BYTES: dict[Code, int] = {"F32": 4, "F16": 2, "BF16": 2, "I8": 1}
NAMES: dict[Code, Dtype] = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}
CODES: dict[str, Code] = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}


class NotFinite(ValueError):
    """A stretch of weights holds, or would hold after conversion, a NaN or an infinity.

    Args:
        in_source: It does so already; otherwise the wanted format cannot hold one of the values.
    """

    def __init__(self, in_source: bool) -> None:
        super().__init__("NaN or infinity" if in_source else "too large a value")
        self.in_source = in_source


def recode(raw: bytes, source: Code, target: Code) -> bytes:
    """Little-endian numbers of one format in another, rounded to the nearest, ties to even.

    Args:
        raw: Whole numbers of `source`.
        source: Their format.
        target: The wanted format; the same one gives back the same bytes.

    Raises:
        NotFinite: A number is NaN or infinite, before or after.
    """
    if not _finite(raw, source):
        raise NotFinite(in_source=True)
    if source == target:
        return raw
    converted = _narrow(_wide(raw, source), target)
    if not _finite(converted, target):
        raise NotFinite(in_source=False)
    return converted


def floats(raw: bytes, code: Code) -> NDArray[np.float32]:
    """Little-endian numbers as an array of 32-bit ones, which can hold those of every format.

    Raises:
        NotFinite: A number is NaN or infinite.
    """
    if not _finite(raw, code):
        raise NotFinite(in_source=True)
    return _wide(raw, code)


def _finite(raw: bytes, code: Code) -> bool:
    """Whether no exponent has all its bits set, which is how all three formats write NaN and infinity."""
    bits: NDArray[Any]
    if code == "F32":
        bits, exponent = np.frombuffer(raw, "<u4"), np.uint32(0x7F80_0000)
    else:
        bits, exponent = np.frombuffer(raw, "<u2"), np.uint16(0x7C00 if code == "F16" else 0x7F80)
    return not bool(((bits & exponent) == exponent).any())


def _wide(raw: bytes, code: Code) -> NDArray[np.float32]:
    if code == "F32":
        return np.frombuffer(raw, "<f4")
    if code == "F16":
        return np.frombuffer(raw, "<f2").astype("<f4")
    return (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")


def _narrow(values: NDArray[np.float32], code: Code) -> bytes:
    if code == "F32":
        return values.tobytes()
    if code == "F16":
        with np.errstate(over="ignore", invalid="ignore"):
            return values.astype("<f2").tobytes()
    bits = values.view("<u4")
    # half of what is cut off, and one less where the kept part is even, carries over exactly when it must
    return ((bits + (np.uint32(0x7FFF) + ((bits >> 16) & 1))) >> 16).astype("<u2").tobytes()

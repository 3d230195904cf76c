"""Frames: one byte of kind, four bytes of length, content."""

from __future__ import annotations

import os
import struct

HEADER = struct.Struct("=cI")


def write(descriptor: int, kind: bytes, content: bytes) -> None:
    """Write one frame, all of it."""
    rest = memoryview(HEADER.pack(kind, len(content)) + content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class FrameTooLarge(Exception):
    """A frame goes beyond what a reader accepts."""


class FrameBuffer:
    """Cuts a stream of bytes into frames.

    Args:
        largest: Bytes that the content of one frame may have.
    """

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Take in what was read."""
        self._bytes += data

    def take(self) -> tuple[bytes, bytes] | None:
        """The next whole frame, if it is there: its kind and its content.

        Raises:
            FrameTooLarge: It says that it is longer than allowed.
        """
        if len(self._bytes) < HEADER.size:
            return None
        kind, length = HEADER.unpack_from(self._bytes)
        if length > self._largest:
            raise FrameTooLarge(length)
        end = HEADER.size + length
        if len(self._bytes) < end:
            return None
        content = bytes(self._bytes[HEADER.size : end])
        del self._bytes[:end]
        return kind, content

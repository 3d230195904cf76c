"""A file that traces are added to, by any number of processes at the same time."""

from __future__ import annotations

import fcntl
import gzip
import os
import stat
import zlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson

from gradatim.errors import InputError, StorageError

_BEGIN = b'{"gradatim_trace"'
_GZIP = 31
"""`zlib`'s number for gzip with the largest window."""
_BLOCK = 1 << 20
"""Bytes that are read at once."""
_LAST = 1 << 20
"""Bytes at the end of a file in which its last line break is looked for, doubled until it is found."""


@contextmanager
def alone(descriptor: int) -> Generator[None]:
    """Keep those who add to a file, or write it anew, away from it."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class TraceFile:
    """Adds whole lines to a file; each lot is there completely or not at all.

    Args:
        path: A name that ends in `.gz` is compressed. The file is made where there is none.

    Raises:
        InputError: There is a file, and it does not hold traces.
        StorageError: The file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._packed = path.suffix == ".gz"
        self._descriptor = -1
        self._open()

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # what learners wrote may stand in it: for its owner alone
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageError(
                f"cannot be written: {error.strerror}", place=str(self.path), remedy="name another file for the traces"
            ) from error
        try:
            if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):  # a pipe that nobody reads would stop the run
                raise self._foreign()
            self._examine()
        except BaseException:
            self.close()
            raise

    def add(self, lines: bytes) -> None:
        """Add lines, each with its line break.

        Raises:
            StorageError: There is no room, or the disk fails; the file is as it was.
        """
        block = gzip.compress(lines, 6, mtime=0) if self._packed else lines
        while not self._added(block):
            self.close()
            self._open()

    def _added(self, block: bytes) -> bool:
        """Add a block, unless the name means another file by now."""
        try:
            with alone(self._descriptor):
                if self._moved():  # asked only now: whoever takes a learner out holds the file until it is replaced
                    return False
                end = os.fstat(self._descriptor).st_size
                try:
                    written = 0
                    while written < len(block):
                        written += os.write(self._descriptor, block[written:])
                except OSError:
                    with suppress(OSError):  # what cannot be cut is no file
                        os.ftruncate(self._descriptor, end)  # no half of a line stays behind
                    raise
                return True
        except OSError as error:
            raise StorageError(
                f"traces cannot be written: {error.strerror}", place=str(self.path), remedy="make room on the disk"
            ) from error

    def close(self) -> None:
        """Close it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _moved(self) -> bool:
        """Whether the name means another file by now: one that was rotated, or from which a learner was taken out."""
        try:
            return not os.path.samestat(os.stat(self.path), os.fstat(self._descriptor))
        except OSError:
            return True

    def _examine(self) -> None:
        """Refuse a file of something else, and mend the end of one whose writer was killed."""
        try:
            with alone(self._descriptor):
                size = os.fstat(self._descriptor).st_size
                if not size:
                    return
                if self._packed:
                    self._examine_packed()
                    return
                begin = os.pread(self._descriptor, 64, 0)
                if not begin.lstrip().startswith(_BEGIN):
                    raise self._foreign()
                if os.pread(self._descriptor, 1, size - 1) != b"\n":
                    self._mend(size)
        except OSError as error:
            raise StorageError(
                f"cannot be read: {error.strerror}", place=str(self.path), remedy="name another file for the traces"
            ) from error

    def _examine_packed(self) -> None:
        """The same for a compressed file, in which each lot is a gzip member of its own."""
        begin, offset, whole = b"", 0, 0
        member = zlib.decompressobj(_GZIP)
        while block := os.pread(self._descriptor, _BLOCK, offset):
            offset += len(block)
            while block:
                try:
                    found = member.decompress(block)
                except zlib.error as error:
                    raise self._foreign() from error
                begin = begin or found[:64]
                block = member.unused_data
                if member.eof:
                    whole, member = offset - len(block), zlib.decompressobj(_GZIP)
        if not begin.lstrip().startswith(_BEGIN):
            raise self._foreign()
        if whole < offset:  # what stands behind is half a lot of a killed writer: its whole lines stay
            found = zlib.decompressobj(_GZIP).decompress(os.pread(self._descriptor, offset - whole, whole))
            kept = found[: found.rfind(b"\n") + 1]
            os.ftruncate(self._descriptor, whole)
            if kept:
                os.write(self._descriptor, gzip.compress(kept, 6, mtime=0))

    def _mend(self, size: int) -> None:
        """End the last line, or take away the part of one that a killed writer left."""
        span = min(size, _LAST)
        while True:
            tail = os.pread(self._descriptor, span, size - span)
            cut = tail.rfind(b"\n") + 1
            if cut or span == size:
                break
            span = min(size, 2 * span)
        try:
            orjson.loads(tail[cut:])
        except orjson.JSONDecodeError:
            os.ftruncate(self._descriptor, size - len(tail) + cut)
        else:
            os.write(self._descriptor, b"\n")

    def _foreign(self) -> InputError:
        return InputError(
            "holds something else than traces", place=str(self.path), remedy="name another file for the traces"
        )

"""How documents travel between processes: as JSON and bytes, of which nothing is executed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, BinaryIO

from gradatim.kg.construction.documents.model import Block, CourseDocument, Skipped, Span

_LENGTH = 8
_LARGEST = 1 << 30


def send(stream: BinaryIO, data: bytes) -> None:
    """Write a frame.

    Raises:
        OSError: The other process is gone.
    """
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read a frame; None when the other process is gone, or writes something else."""
    head = stream.read(_LENGTH)
    length = int.from_bytes(head, "big")
    if len(head) < _LENGTH or length > _LARGEST:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def packed(read: CourseDocument | Skipped, *, spent: bool) -> bytes:
    """What a worker answers; `spent` says that it ends now."""
    kind = "document" if isinstance(read, CourseDocument) else "skipped"
    return json.dumps({"kind": kind, "spent": spent, "read": asdict(read)}).encode()


def unpacked(frame: bytes) -> tuple[CourseDocument | Skipped, bool]:
    """The reverse of `packed`."""
    answer: dict[str, Any] = json.loads(frame)
    read: dict[str, Any] = answer["read"]
    if answer["kind"] == "skipped":
        return Skipped(**read), bool(answer["spent"])
    blocks: list[dict[str, Any]] = read.pop("blocks")
    return CourseDocument(**read, blocks=tuple(map(_block, blocks))), bool(answer["spent"])


def _block(block: dict[str, Any]) -> Block:
    spans: list[dict[str, Any]] = block.pop("spans")
    return Block(**block, spans=tuple(Span(**span) for span in spans))

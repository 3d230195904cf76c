"""The weight files of a converted checkpoint: planned, written and read back a stretch of bytes at a time."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradatim.errors import InputError
from gradatim.serving.conversion.checkpoint import Checkpoint
from gradatim.serving.conversion.dtypes import ITEM_BYTES, NAMES, Code, NotFinite, recode
from gradatim.serving.conversion.layouts import Piece
from gradatim.serving.conversion.progress import OnBytes
from gradatim.serving.conversion.quantization import quantized_bytes
from gradatim.serving.conversion.record import ShardRecord, TensorRecord
from gradatim.serving.conversion.safetensors_file import header_of, read_header
from gradatim.serving.conversion.stored import STRETCH, StoredTensor, bytes_of


@dataclass(frozen=True, slots=True)
class PlannedTensor:
    """A tensor to write: where it comes from and in which number format."""

    piece: Piece
    code: Code

    @property
    def size(self) -> int:
        """Bytes in the converted file."""
        return bytes_of(self.piece.shape, self.code)


@dataclass(frozen=True, slots=True)
class Shard:
    """One weight file to write."""

    name: str
    tensors: tuple[PlannedTensor, ...]

    @property
    def header(self) -> bytes:
        """The bytes before the data."""
        return header_of((tensor.piece.name, tensor.code, tensor.piece.shape) for tensor in self.tensors)

    @property
    def data_size(self) -> int:
        """Bytes of all its tensors."""
        return sum(tensor.size for tensor in self.tensors)

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self.header) + self.data_size


def planned(piece: Piece, checkpoint: Checkpoint, code: Code | None) -> PlannedTensor:
    """A tensor with its number format.

    Args:
        piece: The tensor.
        checkpoint: Where it comes from.
        code: Of what is not quantized; `None` keeps it as it is.
    """
    if piece.form == "numbers":
        return PlannedTensor(piece, code or checkpoint.tensors[piece.source].code)
    return PlannedTensor(piece, "I8" if piece.form == "integers" else "F32")


def plan_shards(pieces: Sequence[Piece], checkpoint: Checkpoint, code: Code | None, limit: int) -> tuple[Shard, ...]:
    """Spread tensors over files; the same arguments give the same plan.

    Args:
        pieces: The tensors, in order.
        checkpoint: Where they come from.
        code: Number format of all that are not quantized; `None` keeps each as it is.
        limit: Bytes of data in a file, which only a tensor that is larger itself exceeds.
    """
    groups: list[list[PlannedTensor]] = []
    filled = 0
    for piece in pieces:
        tensor = planned(piece, checkpoint, code)
        if not groups or filled + tensor.size > limit:
            groups.append([])
            filled = 0
        groups[-1].append(tensor)
        filled += tensor.size
    count = len(groups)
    return tuple(
        # wide numbers first: so each begins where its own width divides, as readers that map the file expect
        Shard(f"model-{number:05}-of-{count:05}.safetensors", tuple(sorted(group, key=_narrowness)))
        for number, group in enumerate(groups, 1)
    )


def _narrowness(tensor: PlannedTensor) -> int:
    return -ITEM_BYTES[tensor.code]


def converted(tensor: PlannedTensor, source: StoredTensor) -> Generator[bytes]:
    """The bytes of a converted tensor, in stretches.

    Raises:
        InputError: The weights hold a NaN or an infinity, or a value that the wanted format cannot hold.
        OSError: The file cannot be read.
    """
    try:
        if tensor.piece.form == "numbers":
            for raw in source.rows(tensor.piece.start, tensor.piece.stop):
                yield recode(raw, source.code, tensor.code)
        else:
            yield from quantized_bytes(tensor.piece, source)
    except NotFinite as error:
        if error.in_source:
            raise InputError(
                f"{tensor.piece.source} holds a NaN or an infinity",
                place=str(source.path),
                remedy="the checkpoint is damaged or its training failed: fetch it again, or take an earlier one",
            ) from error
        raise InputError(
            f"{tensor.piece.source} holds a number too large for {NAMES[tensor.code]}",
            place=str(source.path),
            remedy="convert with --dtype keep or float32",
        ) from error


def write_shard(folder: Path, shard: Shard, checkpoint: Checkpoint, on_bytes: OnBytes) -> ShardRecord:
    """Write one weight file; it has its name only when it is whole and on the disk.

    Raises:
        InputError: As `converted`.
        OSError: It cannot be written.
    """
    draft = folder / f"{shard.name}.part"
    whole = hashlib.sha256()
    tensors: dict[str, TensorRecord] = {}
    with draft.open("wb") as stream:
        whole.update(shard.header)
        stream.write(shard.header)
        for tensor in shard.tensors:
            digest = hashlib.sha256()
            for block in converted(tensor, checkpoint.tensors[tensor.piece.source]):
                digest.update(block)
                whole.update(block)
                stream.write(block)
                on_bytes(len(block))
            tensors[tensor.piece.name] = TensorRecord(
                dtype=tensor.code, shape=tensor.piece.shape, sha256=digest.hexdigest()
            )
        stream.flush()
        os.fsync(stream.fileno())
        # What is read back later then comes from the disk, and nobody else's files leave the page cache for it.
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    size = draft.stat().st_size
    draft.replace(folder / shard.name)
    return ShardRecord(bytes=size, sha256=whole.hexdigest(), tensors=tensors)


def differences(path: Path, record: ShardRecord, on_bytes: OnBytes) -> list[str]:
    """What in a weight file is not as it was written, in sentences; empty when all is well."""
    if not path.is_file():
        return [f"{path.name}: the file is missing"]
    if path.stat().st_size != record.bytes:
        return [f"{path.name}: it has {path.stat().st_size:,} bytes of {record.bytes:,}"]
    try:
        found = read_header(path, integers=True)
    except InputError as error:
        return [f"{path.name}: {error.message}"]
    result = [f"{path.name}: it lacks {name}" for name in record.tensors if name not in found]
    result += [f"{path.name}: it holds the unknown {name}" for name in found if name not in record.tensors]
    for name, wanted in record.tensors.items():
        if name not in found:
            continue
        tensor = found[name]
        if (tensor.code, tensor.shape) != (wanted.dtype, wanted.shape):
            result.append(f"{path.name}: {name} has another type or shape than it was written with")
        elif digest_of(tensor, on_bytes) != wanted.sha256:
            result.append(f"{path.name}: the numbers of {name} have changed")
    return result


def digest_of(tensor: StoredTensor, on_bytes: OnBytes) -> str:
    """SHA-256 of a tensor's bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    for block in tensor.rows(0, tensor.shape[0]):
        digest.update(block)
        on_bytes(len(block))
    return digest.hexdigest()


def file_digest(path: Path, on_bytes: OnBytes) -> str:
    """SHA-256 of a whole file, in hexadecimal digits.

    Raises:
        OSError: It cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(STRETCH):
            digest.update(block)
            on_bytes(len(block))
    return digest.hexdigest()

"""Checking a converted model: that it is as it was written, and that it says what its source says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gradatim.errors import InputError, StorageError
from gradatim.serving.conversion.architecture import read_shape
from gradatim.serving.conversion.checkpoint import open_checkpoint
from gradatim.serving.conversion.dtypes import CODES
from gradatim.serving.conversion.layouts import Layout, pieces
from gradatim.serving.conversion.progress import Meter, OnBytes, OnProgress, silent, uncounted
from gradatim.serving.conversion.quantization import Quantize, quantized
from gradatim.serving.conversion.record import RECORD_FILE, ConversionRecord, read_record
from gradatim.serving.conversion.safetensors_file import read_header
from gradatim.serving.conversion.shards import PlannedTensor, converted, differences, file_digest, planned
from gradatim.serving.conversion.stored import StoredTensor


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check found.

    Attributes:
        folder: The converted model.
        layout: Its form.
        quantize: Which of its weights were quantized; those are compared after the same rounding.
        tensors: How many tensors it has.
        bytes: Bytes of its weight files.
        against_source: Whether it was also compared with its source, number by number.
        differences: What is wrong, in sentences; empty when all is well.
    """

    folder: Path
    layout: Layout
    quantize: Quantize
    tensors: int
    bytes: int
    against_source: bool
    differences: tuple[str, ...]


def verify_conversion(folder: Path, source: Path | None = None, on_progress: OnProgress = silent) -> Verification:
    """Check every file of a converted model against the record of its conversion, and optionally its source.

    Args:
        folder: The converted model.
        source: Folder of the original checkpoint: every tensor is then converted again and compared byte by byte.
        on_progress: Is told how far it has come.

    Raises:
        InputError: The folder holds no finished conversion, or the source is no checkpoint of ChatGLM3.
        StorageError: Something cannot be read.
    """
    try:
        record = read_record(folder)
        if record is None:
            raise InputError(
                f"this folder holds no finished conversion: there is no {RECORD_FILE}",
                place=str(folder),
                remedy="name a folder that `gradatim model convert` wrote, or run that again to finish it",
            )
        wrong = _own_differences(folder, record, on_progress)
        if source is not None:
            wrong += _source_differences(folder, source, record, on_progress)
    except OSError as error:
        raise StorageError(
            f"this cannot be read: {error.strerror or error}",
            place=str(error.filename or folder),
            remedy="see that the folder can be read",
        ) from error
    return Verification(
        folder=folder,
        layout=record.job.layout,
        quantize=record.job.quantize,
        tensors=record.tensors,
        bytes=record.weight_bytes,
        against_source=source is not None,
        differences=tuple(dict.fromkeys(wrong)),
    )


def _own_differences(folder: Path, record: ConversionRecord, on_progress: OnProgress) -> list[str]:
    count = Meter("check", record.weight_bytes, on_progress)
    wrong: list[str] = []
    for name, file in record.files.items():
        path = folder / Path(name).name
        if not path.is_file():
            wrong.append(f"{name}: the file is missing")
        elif path.stat().st_size != file.bytes or file_digest(path, uncounted) != file.sha256:
            wrong.append(f"{name}: the file has changed")
    for name, shard in record.shards.items():
        wrong += differences(folder / Path(name).name, shard, count)
    # a loader may take weight files that it finds beside those of the conversion
    strangers = sorted(path.name for path in folder.glob("*.safetensors") if path.name not in record.shards)
    return wrong + [f"{name}: no conversion wrote this weight file" for name in strangers]


def _source_differences(folder: Path, source: Path, record: ConversionRecord, on_progress: OnProgress) -> list[str]:
    shape = read_shape(source)
    checkpoint = open_checkpoint(source, shape)
    made = _made(folder, record)
    wrong: list[str] = []
    code = None if record.job.dtype == "keep" else CODES[record.job.dtype]
    parts = pieces(shape, record.job.layout)
    if record.job.quantize == "int8":
        parts = quantized(parts)
    plan = [planned(piece, checkpoint, code) for piece in parts]
    count = Meter("compare", sum(tensor.size for tensor in plan), on_progress)
    for tensor in plan:
        name = tensor.piece.name
        found = made.pop(name, None)
        if found is None:
            wrong.append(f"{name} of the source is missing")
        elif (found.code, found.shape) != (tensor.code, tensor.piece.shape):
            wrong.append(f"{name} has another type or shape than the source gives")
        elif not _equal(tensor, checkpoint.tensors[tensor.piece.source], found, count):
            wrong.append(f"{name} has other numbers than the source gives")
    return wrong + [f"{name} comes from nothing in the source" for name in made]


def _made(folder: Path, record: ConversionRecord) -> dict[str, StoredTensor]:
    made: dict[str, StoredTensor] = {}
    for name in record.shards:
        path = folder / Path(name).name
        if path.is_file():
            try:
                made |= read_header(path, integers=True)
            except InputError:
                # the check of the files has already said what is wrong with it; its tensors count as missing
                continue
    return made


def _equal(tensor: PlannedTensor, source: StoredTensor, made: StoredTensor, count: OnBytes) -> bool:
    same = True
    with made.path.open("rb") as stream:
        stream.seek(made.offset)
        for wanted in converted(tensor, source):
            same = same and stream.read(len(wanted)) == wanted
            count(len(wanted))
    return same

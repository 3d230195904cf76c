"""What a conversion writes down: how far it has come while it runs, and what it made when it is done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from gradatim.errors import InputError
from gradatim.serving.conversion.dtypes import Code
from gradatim.serving.conversion.layouts import Layout
from gradatim.serving.conversion.quantization import Quantize

RECORD_FILE = "conversion.json"
LEDGER_FILE = "conversion.progress.json"
FORMAT = "gradatim-conversion-1"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TensorRecord(_Record):
    """A tensor as it was written."""

    dtype: Code
    shape: tuple[int, ...]
    sha256: str
    """Of its bytes in the converted file."""


class ShardRecord(_Record):
    """A weight file as it was written."""

    bytes: int
    sha256: str
    tensors: dict[str, TensorRecord]


class FileRecord(_Record):
    """Any other file: of the source, or written beside the weights."""

    bytes: int
    sha256: str


class Job(_Record):
    """What is converted to what: two jobs that are equal write the same files."""

    family: Literal["chatglm3"] = "chatglm3"
    layout: Layout
    dtype: Literal["keep", "bfloat16", "float16", "float32"]
    quantize: Quantize = "none"
    shard_bytes: int
    source_sizes: dict[str, int]
    """Weight file → bytes."""
    source_config: str
    """SHA-256 of the original `config.json`."""
    tokenizer: str | None
    """SHA-256 of `tokenizer.model`; `None` where no tokenizer was converted."""


class Ledger(_Record):
    """How far a conversion has come."""

    format: Literal["gradatim-conversion-1"] = FORMAT
    job: Job
    source_times: dict[str, int]
    """Weight file → its time of change in nanoseconds, so that a digest is not taken for that of a newer file."""
    sources: dict[str, FileRecord] = {}
    shards: dict[str, ShardRecord] = {}
    """The weight files that are whole."""


class ConversionRecord(_Record):
    """What a conversion made of what. Holds no times, so that the same conversion writes the same record."""

    format: Literal["gradatim-conversion-1"] = FORMAT
    tool: str
    """Name and version of what converted."""
    job: Job
    sources: dict[str, FileRecord]
    shards: dict[str, ShardRecord]
    files: dict[str, FileRecord]
    """Files beside the weights: configuration, tokenizer, index."""

    @property
    def tensors(self) -> int:
        """How many tensors the weight files hold."""
        return sum(len(shard.tensors) for shard in self.shards.values())

    @property
    def weight_bytes(self) -> int:
        """Bytes of the weight files."""
        return sum(shard.bytes for shard in self.shards.values())


_Kind = TypeVar("_Kind", Ledger, ConversionRecord)


def read_record(folder: Path) -> ConversionRecord | None:
    """The record of a finished conversion, or `None` where there is none.

    Raises:
        InputError: There is one, but not in a form that this version knows.
    """
    return _read(folder / RECORD_FILE, ConversionRecord)


def read_ledger(folder: Path) -> Ledger | None:
    """How far a conversion has come that did not finish, or `None` where there is none.

    Raises:
        InputError: There is one, but not in a form that this version knows.
    """
    return _read(folder / LEDGER_FILE, Ledger)


def _read(path: Path, kind: type[_Kind]) -> _Kind | None:
    if not path.is_file():
        return None
    try:
        return kind.model_validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        why = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error.strerror or str(error)
        raise InputError(
            f"this is no record of a conversion that this version can read: {why}",
            place=str(path),
            remedy="convert into another folder, or delete this one",
        ) from error


def write_json(path: Path, value: object) -> None:
    """Write JSON in one step: whoever looks sees the old file or the new one.

    Raises:
        OSError: It cannot be written.
    """
    content = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")
    draft.replace(path)

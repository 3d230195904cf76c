"""Converting a ChatGLM3 checkpoint, from the publisher's folder to one that vLLM and transformers load."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gradatim import __version__
from gradatim.errors import DigestMismatch, InputError, StorageError
from gradatim.serving.conversion.architecture import EMBEDDING, ChatGLMShape, read_shape
from gradatim.serving.conversion.checkpoint import Checkpoint, open_checkpoint, refuse_pointer
from gradatim.serving.conversion.dtypes import CODES, NAMES, Dtype
from gradatim.serving.conversion.layouts import (
    Layout,
    StopTokens,
    generation_config,
    model_config,
    pieces,
    refuse_unfit,
)
from gradatim.serving.conversion.progress import Meter, OnProgress, silent, uncounted
from gradatim.serving.conversion.quantization import Quantize, quantization_config, quantized
from gradatim.serving.conversion.record import (
    LEDGER_FILE,
    RECORD_FILE,
    ConversionRecord,
    FileRecord,
    Job,
    Ledger,
    read_ledger,
    read_record,
    write_json,
)
from gradatim.serving.conversion.shards import Shard, differences, file_digest, plan_shards, write_shard
from gradatim.serving.conversion.target import (
    BESIDE,
    clear,
    only_conversion,
    refuse_foreign,
    refuse_overlap,
    refuse_small_disk,
)
from gradatim.serving.conversion.torch_file import refuse_damaged
from gradatim.serving.conversion.verification import verify_conversion

DtypeChoice = Literal["keep", "bfloat16", "float16", "float32"]
INDEX_FILE = "model.safetensors.index.json"
TOKENIZER_FILE = "tokenizer.model"


@dataclass(frozen=True, slots=True)
class ConversionRequest:
    """What is to be converted, and how.

    Attributes:
        source: Folder of the original checkpoint.
        target: Folder to write; new, empty, or begun by the same conversion before.
        layout: `glm` for transformers and vLLM, `chatglm` for vLLM's own ChatGLM class.
        dtype: Number format of the weights; `keep` leaves each as it is.
        tokenizer: The SentencePiece model, where it is not the source's `tokenizer.model`.
        shard_bytes: Bytes of weights in one file.
        force: Begin anew where the target holds another conversion.
        with_tokenizer: `False` converts the weights alone.
        quantize: `int8` makes the linear layers 8-bit, for vLLM; `dtype` then speaks of all others.
    """

    source: Path
    target: Path
    layout: Layout = "glm"
    dtype: DtypeChoice = "keep"
    tokenizer: Path | None = None
    shard_bytes: int = 2_000_000_000
    force: bool = False
    with_tokenizer: bool = True
    quantize: Quantize = "none"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was made.

    Attributes:
        folder: Where it lies.
        record: What is in it.
        resumed_shards: Weight files that an earlier run had already written.
    """

    folder: Path
    record: ConversionRecord
    resumed_shards: int


@dataclass(frozen=True, slots=True)
class _Plan:
    request: ConversionRequest
    shape: ChatGLMShape
    checkpoint: Checkpoint
    tokenizer: Path | None
    shards: tuple[Shard, ...]
    job: Job
    times: dict[str, int]

    @property
    def dtype(self) -> Dtype:
        """The number format that the configuration names; where the tensors keep theirs, that of the embedding."""
        kept = NAMES[self.checkpoint.tensors[EMBEDDING].code]
        return kept if self.request.dtype == "keep" else self.request.dtype


def convert_chatglm3(request: ConversionRequest, on_progress: OnProgress = silent) -> Conversion:
    """Convert a checkpoint; what was interrupted goes on where it stopped, to the same bytes.

    Memory does not grow with the model: weights pass through a buffer of a few megabytes. After writing, every tensor
    is read back and compared with the digest taken from the source on the way.

    Args:
        request: What and how.
        on_progress: Is told how far it has come.

    Raises:
        InputError: The checkpoint is not one of ChatGLM3, is incomplete or damaged, or the target cannot be used.
        DigestMismatch: What was read back is not what was written; the damaged file is written anew next time.
        StorageError: The disk is too small or cannot be written.
        ModelError: A library that the tokenizer needs is missing.
    """
    try:
        refuse_overlap(request.source, request.target)
        plan = _plan(request)
        request.target.mkdir(parents=True, exist_ok=True)
        with only_conversion(request.target):
            return _run(plan, on_progress)
    except OSError as error:
        raise StorageError(
            f"the conversion cannot go on: {error.strerror or error}",
            place=str(error.filename or request.target),
            remedy="see that the checkpoint can be read and the folder be written, and run it again: it goes on there",
        ) from error


def _plan(request: ConversionRequest) -> _Plan:
    shape = read_shape(request.source)
    refuse_unfit(shape, request.layout)
    tokenizer = _tokenizer(request) if request.with_tokenizer else None
    checkpoint = open_checkpoint(request.source, shape)
    code = None if request.dtype == "keep" else CODES[request.dtype]
    status = {path.name: path.stat() for path in checkpoint.files}
    job = Job(
        layout=request.layout,
        dtype=request.dtype,
        quantize=request.quantize,
        shard_bytes=request.shard_bytes,
        source_sizes={name: found.st_size for name, found in status.items()},
        source_config=file_digest(request.source / "config.json", uncounted),
        tokenizer=file_digest(tokenizer, uncounted) if tokenizer else None,
    )
    parts = pieces(shape, request.layout)
    if request.quantize == "int8":
        parts = quantized(parts)
    shards = plan_shards(parts, checkpoint, code, request.shard_bytes)
    times = {name: found.st_mtime_ns for name, found in status.items()}
    return _Plan(request, shape, checkpoint, tokenizer, shards, job, times)


def _tokenizer(request: ConversionRequest) -> Path:
    path = request.tokenizer or request.source / TOKENIZER_FILE
    if not path.is_file():
        raise InputError(
            "the SentencePiece model is missing",
            place=str(path),
            remedy=f"put the checkpoint's {TOKENIZER_FILE} there, or name it with --tokenizer",
        )
    refuse_pointer(path)
    return path


def _run(plan: _Plan, on_progress: OnProgress) -> Conversion:
    folder = plan.request.target
    refuse_foreign(folder)
    if plan.request.force:
        clear(folder)
    made = read_record(folder)
    if made is not None:
        return _made_before(plan, made, on_progress)
    ledger = _ledger(plan)
    missing = [shard for shard in plan.shards if not _is_whole(folder, shard, ledger)]
    refuse_small_disk(folder, sum(shard.size for shard in missing))
    write_json(folder / LEDGER_FILE, ledger)
    stops = _convert_tokenizer(plan)
    ledger = _source_digests(plan, ledger, on_progress, folder / LEDGER_FILE)
    ledger = _write_shards(plan, ledger, missing, on_progress)
    _read_back(folder, ledger, on_progress)
    record = _finish(plan, ledger, stops)
    return Conversion(folder, record, len(plan.shards) - len(missing))


def _made_before(plan: _Plan, made: ConversionRecord, on_progress: OnProgress) -> Conversion:
    folder = plan.request.target
    begun = Ledger(job=plan.job, source_times=plan.times)
    # Checkpoints of one family have equal sizes: only their digests tell them apart.
    same = made.job == plan.job and _source_digests(plan, begun, on_progress).sources == made.sources
    if not same:
        raise InputError(
            "this folder holds the result of another conversion",
            place=str(folder),
            remedy="name another folder, or give --force to replace what that conversion wrote",
        )
    wrong = verify_conversion(folder, on_progress=on_progress).differences
    if wrong:
        raise DigestMismatch(
            f"what was converted before has changed since: {wrong[0]}",
            place=str(folder),
            remedy="give --force to convert it again",
        )
    # left over where a run was ended between its last two steps
    (folder / LEDGER_FILE).unlink(missing_ok=True)
    return Conversion(folder, made, len(made.shards))


def _ledger(plan: _Plan) -> Ledger:
    """How far the same conversion has come before; empty when it begins."""
    folder = plan.request.target
    found = read_ledger(folder)
    if found is None:
        return Ledger(job=plan.job, source_times=plan.times)
    if found.job != plan.job or found.source_times != plan.times:
        what = "another conversion" if found.job != plan.job else "an earlier state of this checkpoint"
        raise InputError(
            f"this folder was begun by {what} that did not end",
            place=str(folder),
            remedy="name another folder, or give --force to begin anew",
        )
    return found


def _is_whole(folder: Path, shard: Shard, ledger: Ledger) -> bool:
    record = ledger.shards.get(shard.name)
    path = folder / shard.name
    return record is not None and path.is_file() and path.stat().st_size == record.bytes == shard.size


def _convert_tokenizer(plan: _Plan) -> StopTokens:
    if plan.tokenizer is None:
        return StopTokens(eos=(2,), pad=0)
    from gradatim.serving.conversion.tokenizer import convert_tokenizer

    facts = convert_tokenizer(
        plan.tokenizer,
        plan.request.target,
        padded_vocab_size=plan.shape.vocab,
        model_max_length=plan.shape.seq_length,
    )
    return StopTokens(eos=facts.eos_ids, pad=facts.pad_id)


def _source_digests(plan: _Plan, ledger: Ledger, on_progress: OnProgress, keep: Path | None = None) -> Ledger:
    """The ledger with digests of the weight files, as publishers state them.

    Args:
        plan: The conversion.
        ledger: May hold some of them already.
        on_progress: Is told how far it has come.
        keep: File to write the ledger to whenever one more is known.
    """
    meter = Meter("source", sum(plan.job.source_sizes.values()), on_progress)
    for path in plan.checkpoint.files:
        if path.name in ledger.sources:
            meter(ledger.sources[path.name].bytes)
            continue
        entry = FileRecord(bytes=path.stat().st_size, sha256=file_digest(path, meter))
        if path.suffix == ".bin":
            refuse_damaged(path)
        ledger = ledger.model_copy(update={"sources": {**ledger.sources, path.name: entry}})
        if keep is not None:
            write_json(keep, ledger)
    return ledger


def _write_shards(plan: _Plan, ledger: Ledger, missing: list[Shard], on_progress: OnProgress) -> Ledger:
    meter = Meter("write", sum(shard.data_size for shard in plan.shards), on_progress)
    for shard in plan.shards:
        if shard not in missing:
            meter(shard.data_size)
            continue
        entry = write_shard(plan.request.target, shard, plan.checkpoint, meter)
        ledger = ledger.model_copy(update={"shards": {**ledger.shards, shard.name: entry}})
        write_json(plan.request.target / LEDGER_FILE, ledger)
    return ledger.model_copy(update={"shards": {shard.name: ledger.shards[shard.name] for shard in plan.shards}})


def _read_back(folder: Path, ledger: Ledger, on_progress: OnProgress) -> None:
    meter = Meter("check", sum(entry.bytes for entry in ledger.shards.values()), on_progress)
    for name, entry in ledger.shards.items():
        wrong = differences(folder / name, entry, meter)
        if wrong:
            left = {other: kept for other, kept in ledger.shards.items() if other != name}
            write_json(folder / LEDGER_FILE, ledger.model_copy(update={"shards": left}))
            raise DigestMismatch(
                f"what was written cannot be read back: {wrong[0]}",
                place=str(folder),
                remedy="check the disk and run it again: this file is then written anew",
            )


def _finish(plan: _Plan, ledger: Ledger, stops: StopTokens) -> ConversionRecord:
    folder = plan.request.target
    config = model_config(plan.shape, plan.request.layout, plan.dtype, stops)
    if plan.request.quantize == "int8":
        config["quantization_config"] = quantization_config(plan.request.layout)
    write_json(folder / "config.json", config)
    write_json(folder / "generation_config.json", generation_config(stops))
    weight_map = {tensor: name for name, entry in ledger.shards.items() for tensor in entry.tensors}
    total = sum(shard.data_size for shard in plan.shards)
    write_json(folder / INDEX_FILE, {"metadata": {"total_size": total}, "weight_map": weight_map})
    files = {
        path.name: FileRecord(bytes=path.stat().st_size, sha256=file_digest(path, uncounted))
        for path in (folder / name for name in BESIDE)
        if path.is_file()
    }
    record = ConversionRecord(
        tool=f"gradatim {__version__}", job=plan.job, sources=ledger.sources, shards=ledger.shards, files=files
    )
    write_json(folder / RECORD_FILE, record)
    (folder / LEDGER_FILE).unlink()
    return record

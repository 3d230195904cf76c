"""`gradatim model`: the catalogue of language models, pulling one, and converting ChatGLM3."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gradatim.app.console import emit, out, plural, printable, say, table, transfer
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import cache_dir_option, json_option
from gradatim.errors import InputError
from gradatim.serving.catalogue import CATALOGUE, CatalogueEntry
from gradatim.serving.download import Progress, installed
from gradatim.serving.download import pull as pull_model
from gradatim.settings import Settings, load_settings

if TYPE_CHECKING:
    from gradatim.serving.conversion.progress import Stage

DIFFERENT = 3
"""Exit code of `model verify` where something is not as it was written."""
_STAGES = {
    "source": "digests of the source",
    "write": "writing weights",
    "check": "reading back",
    "compare": "comparing with the source",
}


@click.group()
def model() -> None:
    """List, pull and convert language models."""


@model.command(name="list")
@cache_dir_option
@json_option
def list_models(cache_dir: Path | None, as_json: bool) -> None:
    """List the catalogue: which models there are and which are on this machine."""
    settings = load_settings(cache_dir=cache_dir)
    on_disk = installed(settings)
    entries = list(CATALOGUE.values())
    if as_json:
        emit({"models": [_row(entry, settings, on_disk.get(entry.id)) for entry in entries]})
        return
    rows = [
        (
            f"{entry.id}{' (used)' if entry.id == settings.model else ''}",
            "installed" if entry.id in on_disk else "not installed",
            f"{entry.size / 1e9:.2f} GB",
            entry.licence,
            entry.title,
        )
        for entry in entries
    ]
    out(table(rows, header=("name", "state", "size", "licence", "model")))
    out(f"folder: {printable(str(settings.models_dir))}")
    if settings.model not in CATALOGUE:
        out(f"the settings use another model: {printable(settings.model)}")


def _row(entry: CatalogueEntry, settings: Settings, path: Path | None) -> dict[str, Any]:
    return {
        "name": entry.id,
        "title": entry.title,
        "installed": path is not None,
        "used": entry.id == settings.model,
        "bytes": entry.size,
        "licence": entry.licence,
        "path": str(path) if path else None,
        "sha256": [file.sha256 for file in entry.files],
    }


@model.command()
@click.argument("name", required=False)
@cache_dir_option
@json_option
def pull(name: str | None, cache_dir: Path | None, as_json: bool) -> None:
    """Download the model NAME, or the one the settings name, and check its SHA-256.

    An interrupted download goes on where it stopped. A model that is already there is only checked.

    Exit codes: 0 it is on disk; 2 there is no such model; 3 it could not be downloaded.
    """
    settings = load_settings(cache_dir=cache_dir)
    wanted = name or settings.model
    entry = CATALOGUE.get(wanted)
    if entry is None:
        raise InputError(
            f"the catalogue has no model of this name{did_you_mean(wanted, CATALOGUE)}",
            place=f"model {wanted}",
            remedy=f"name one of {', '.join(CATALOGUE)}",
        )
    with transfer() as advance:
        path = pull_model(entry, settings, _shown(advance))
    if as_json:
        emit(_row(entry, settings, path))
    else:
        out(f"{entry.id} is at {printable(str(path))}")


def _shown(advance: Callable[[str, int, int], None]) -> Callable[[Progress], None]:
    """Tells a display how far a pull is; on what is no terminal, only when something new begins."""

    def show(progress: Progress) -> None:
        if progress.stage == "source":
            say(printable(f"{progress.file}: {progress.note}; trying the next source"))
        else:
            what = "checking" if progress.stage == "verify" else f"from {progress.note}"
            advance(printable(what), progress.done, progress.total)

    return show


@model.group()
def convert() -> None:
    """Convert an original checkpoint to one that vLLM and transformers load without remote code."""


@convert.command()
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path))
@click.argument("target", metavar="DST", type=click.Path(path_type=Path))
@click.option(
    "--layout",
    type=click.Choice(("glm", "chatglm")),
    default="glm",
    show_default=True,
    help="glm: the native GLM class, for transformers and vLLM; chatglm: the original names, for vLLM's ChatGLM class.",
)
@click.option(
    "--dtype",
    type=click.Choice(("keep", "bfloat16", "float16", "float32")),
    default="keep",
    show_default=True,
    help="Number format of the weights; with --quantize, of those that stay as they are.",
)
@click.option(
    "--quantize",
    type=click.Choice(("none", "int8")),
    default="none",
    show_default=True,
    help="int8: 8-bit linear layers, for vLLM and its profile a100-80-int8.",
)
@click.option(
    "--tokenizer",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The SentencePiece model, where it is not SRC/tokenizer.model.",
)
@click.option(
    "--shard-size",
    type=click.FloatRange(min=0.001, max=1000),
    default=2.0,
    show_default=True,
    metavar="GB",
    help="Weights in one file.",
)
@click.option("--force", is_flag=True, help="Begin anew where DST holds another conversion.")
@json_option
def chatglm3(
    source: Path,
    target: Path,
    layout: Literal["glm", "chatglm"],
    dtype: Literal["keep", "bfloat16", "float16", "float32"],
    quantize: Literal["none", "int8"],
    tokenizer: Path | None,
    shard_size: float,
    force: bool,
    as_json: bool,
) -> None:
    """Convert the ChatGLM3 checkpoint in the folder SRC to the new folder DST.

    SRC is as the publisher has it: config.json, tokenizer.model, and the weights as .safetensors or .bin files. Memory
    does not grow with the model. An interrupted conversion goes on where it stopped, and every tensor is read back.

    With --quantize int8, every row of a linear layer is rounded to 8-bit integers with a scale of its own, without any
    data to calibrate on; embedding, norms, biases and output layer stay as they are. vLLM reads both layouts of it.

    Exit codes: 0 DST is complete; 2 SRC is no whole checkpoint of ChatGLM3, or DST cannot be used; 3 the disk is too
    small or fails, or a library is missing.
    """
    from gradatim.serving.conversion import ConversionRequest, convert_chatglm3

    shard_bytes = round(shard_size * 1e9)
    request = ConversionRequest(source, target, layout, dtype, tokenizer, shard_bytes, force, quantize=quantize)
    with transfer() as advance:
        made = convert_chatglm3(request, _staged(advance))
    record = made.record
    if as_json:
        emit(
            {
                "path": str(made.folder),
                "layout": record.job.layout,
                "dtype": record.job.dtype,
                "quantize": record.job.quantize,
                "tensors": record.tensors,
                "bytes": record.weight_bytes,
                "shards": {name: shard.sha256 for name, shard in record.shards.items()},
                "resumed_shards": made.resumed_shards,
            }
        )
        return
    files = plural(len(record.shards), "file")
    what = f"{plural(record.tensors, 'tensor')}, {record.weight_bytes / 1e9:.2f} GB in {files}"
    out(f"{printable(str(made.folder))} holds the converted model: {what}")


@model.command()
@click.argument("folder", metavar="DST", type=click.Path(path_type=Path))
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    metavar="SRC",
    help="Also compare every tensor with this original checkpoint, byte by byte.",
)
@json_option
def verify(folder: Path, source: Path | None, as_json: bool) -> None:
    """Check that the converted model in DST is as it was written.

    Exit codes: 0 it is; 2 DST is no converted model, or SRC no checkpoint of ChatGLM3; 3 something differs or cannot
    be read.
    """
    from gradatim.serving.conversion import verify_conversion

    with transfer() as advance:
        found = verify_conversion(folder, source, _staged(advance))
    if as_json:
        emit(
            {
                "path": str(folder),
                "layout": found.layout,
                "quantize": found.quantize,
                "tensors": found.tensors,
                "bytes": found.bytes,
                "against_source": found.against_source,
                "differences": list(found.differences),
            }
        )
    elif found.differences:
        for difference in found.differences:
            out(printable(difference))
    else:
        compared = "as written"
        if found.against_source:
            compared += " and equal to the source"
            compared += "" if found.quantize == "none" else ", its linear layers rounded to 8-bit integers"
        out(f"{plural(found.tensors, 'tensor')}, {found.bytes / 1e9:.2f} GB: all {compared}")
    if found.differences:
        click.get_current_context().exit(DIFFERENT)


def _staged(advance: Callable[[str, int, int], None]) -> Callable[[Stage, int, int], None]:
    """Tells a display how far a conversion or a check is."""

    def show(stage: Stage, done: int, total: int) -> None:
        advance(_STAGES[stage], done, total)

    return show

"""`gradatim model`: the catalogue of language models, and pulling one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import emit, out, printable, say, table, transfer
from gradatim.app.lazy import did_you_mean
from gradatim.app.options import cache_dir_option, json_option
from gradatim.errors import InputError
from gradatim.serving.catalogue import CATALOGUE, CatalogueEntry
from gradatim.serving.download import Progress, installed
from gradatim.serving.download import pull as pull_model
from gradatim.settings import Settings, load_settings


@click.group()
def model() -> None:
    """List and pull language models."""


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

"""`gradatim kg relate`: work out which concepts of a curriculum are close to which."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import json_option
from gradatim.errors import InputError
from gradatim.kg.loading import load_curriculum
from gradatim.kg.related import work_out, write
from gradatim.serving.embeddings import default_embedder


@click.command()
@click.argument("curriculum", type=click.Path(path_type=Path))
@json_option
def relate(curriculum: Path, as_json: bool) -> None:
    """Write related.json into the folder CURRICULUM: for each concept those that are closest by text and structure.

    Retrieval uses it where a curriculum states nothing similar, as long as it is of the present version. The packaged
    curriculum has one.

    Exit codes: 0 written; 2 the curriculum cannot be used, or the file cannot be written.
    """
    related = work_out(load_curriculum(curriculum), default_embedder())
    try:
        path = write(related, curriculum)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", place=str(curriculum)) from error
    if as_json:
        emit({"out": str(path), "version": related.version, "concepts": len(related.nearest)})
    else:
        out(f"{plural(len(related.nearest), 'concept')} with close ones: {printable(str(path))}")

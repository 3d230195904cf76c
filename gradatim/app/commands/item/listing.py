"""`gradatim item list`: what the bank holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.item.asking import KINDS, LANGUAGES, bank_of
from gradatim.app.console import emit, out, shorten, table
from gradatim.app.options import data_dir_option, json_option
from gradatim.settings import load_settings


@click.command("list")
@click.option("--kind", type=click.Choice(KINDS), help="Only items of this kind.")
@click.option("--status", type=click.Choice(("draft", "approved", "rejected")), help="Only items of this status.")
@click.option("--concept", metavar="CONCEPT", help="Only items about the concept of this id.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Only items in this language.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many.")
@json_option
@data_dir_option
def list_items(
    kind: Any,
    status: Any,
    concept: str | None,
    language: str | None,
    limit: int | None,
    as_json: bool,
    data_dir: Path | None,
) -> None:
    """List the items of the bank in the order in which they were made.

    \b
    Exit codes: 0 done.
    """
    settings = load_settings(data_dir=data_dir)
    found = bank_of(settings).items(kind=kind, status=status, concept=concept, language=language, limit=limit)
    if as_json:
        emit({"items": [item.plain() for item in found]})
        return
    if not found:
        out("the bank holds no such items (`gradatim item make` makes some)")
        return
    rows = [
        (
            item.id,
            item.kind,
            item.status,
            item.language,
            f"{item.difficulty.value:+.2f}",
            "" if item.difficulty.error is None else f"{item.difficulty.error:.2f}",
            str(item.difficulty.answers),
            item.template,
            shorten(", ".join(item.concepts), 44),
        )
        for item in found
    ]
    out(table(rows, header=("id", "kind", "status", "lang", "d", "error", "answers", "template", "concepts")))

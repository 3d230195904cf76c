"""What the commands that make reports have in common."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from gradatim.app.console import emit, out, printable
from gradatim.app.options import data_dir_option, json_option, language_option
from gradatim.app.records import record_files
from gradatim.memory.inputs import microseconds
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langgraph.store.base import BaseStore

    from gradatim.graphs.reports import Document

Command = TypeVar("Command", bound=Callable[..., Any])


def report_options(command: Command) -> Command:
    """The options that all reports share."""
    options = (
        click.option("--format", "form", type=click.Choice(("md", "html", "pdf")), help="What --out ends in, or md."),
        click.option(
            "--out", "target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
            help="Write the report there; a file that is there is replaced. Printed when not given.",
        ),
        click.option("--since", metavar="INSTANT", help="What was done then or later, ISO 8601; changes since then."),
        language_option,
        data_dir_option,
        json_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def now() -> str:
    """The present instant."""
    return datetime.now(UTC).isoformat()


def checked_since(since: str | None) -> str | None:
    """The instant, if it is one.

    Raises:
        InputError: It is none.
    """
    if since is not None:
        microseconds(since)
    return since


@asynccontextmanager
async def assessments_store(settings: Settings) -> AsyncGenerator[BaseStore | None]:
    """The store of assessments; `None`, and nothing made, where nothing was ever assessed."""
    if settings.database is None and not record_files(settings):
        yield None
        return
    from gradatim.graphs.persistence import open_persistence

    async with open_persistence(settings) as (_, store):
        yield store


def hand_out(document: Document, form: str | None, target: Path | None, settings: Settings, as_json: bool) -> None:
    """Print a report, or write it and say where.

    Raises:
        InputError: The format or the file cannot be used.
    """
    from gradatim.app.report.learning import format_of, render, write_report

    chosen = format_of(target, form) if target is not None or not as_json else "md"
    if target is None:
        if as_json:
            emit(document.plain())
        else:
            out(printable(render(document, chosen).decode("utf-8"), lines=True), end="")
        return
    size = write_report(document, chosen, target, settings)
    statements = sum(len(section.blocks) for section in document.sections)
    if as_json:
        emit({"file": str(target), "format": chosen, "bytes": size, "sources": len(document.sources)})
    else:
        out(f"{printable(str(target))}: {statements} parts, {len(document.sources)} pieces of evidence, {size:,} bytes")

"""`gradatim trace export`: traces from one format to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradatim.app.commands.trace.asking import NAMES, from_option, run_of
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import json_option
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.traces.formats import Format, FormatName
    from gradatim.evals.traces.trace import Trace


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--to", "target", type=click.Choice(NAMES), required=True, help="The format that is written.")
@click.option(
    "--out", "-o", "written", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="OUT",
    help="A file that is there is replaced. A name that ends in .gz is packed.",
)  # fmt: skip
@from_option
@click.option("--run", "runs", multiple=True, metavar="RUN", help="Only this run; can be given several times.")
@json_option
def export(file: Path, target: Any, written: Path, source: Any, runs: tuple[str, ...], as_json: bool) -> None:
    """Write the traces of FILE in another format.

    jsonl: gradatim's own. otlp: OTLP JSON, one document, or one object a line where OUT ends in .jsonl. inspect: a log
    of inspect_ai, .json or .eval. agentevals: graph trajectories, one a line. openai: chat messages, one conversation
    a line. docs/trace-formats.md says what each can hold.

    \b
    Exit codes: 0 written; 2 the file cannot be read, or holds something wrong; 3 OUT cannot be written.
    """
    from gradatim.evals.traces.formats import FORMATS, format_of, write_as

    made = FORMATS[target]
    _fit(written, made)
    read = FORMATS[source] if source else format_of(file)
    count = write_as(target, written, _chosen(file, runs, read.name) if runs else read.read(file))
    if as_json:
        emit({"file": str(written), "from": read.name, "to": made.name, "traces": count})
    else:
        out(f"{printable(str(written))}: {plural(count, 'trace')}, {made.title}")


def _fit(path: Path, made: Format) -> None:
    """What a tool knows by the ending of its name has to end so."""
    if made.name == "inspect" and path.suffix not in made.suffixes:
        raise InputError(
            "is no name by which inspect_ai knows a log", place=str(path), remedy="end it in .json or .eval"
        )


def _chosen(file: Path, runs: Sequence[str], source: FormatName) -> Iterator[Trace]:
    for run in dict.fromkeys(runs):
        yield run_of(file, run, source)[0]

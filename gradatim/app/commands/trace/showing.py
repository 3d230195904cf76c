"""`gradatim trace show`: one run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.trace.asking import from_option, parts_of, run_of
from gradatim.app.console import emit, out, printable, say
from gradatim.app.options import json_option


@click.command()
@click.argument("file")
@click.option("--run", metavar="RUN", help="An id (or how it begins), a number from 1, or the id of an example.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="PAGE",
    help="Write a page that can be kept, sent and printed.",
)  # fmt: skip
@from_option
@json_option
def show(file: str, run: str | None, page: Path | None, source: Any, as_json: bool) -> None:
    """Show a run of FILE (or FILE#RUN): path and times, evidence, statements with claims and checks, confidence and
    route, look-ups, tool runs, model calls with tokens and cost, errors.

    \b
    Exit codes: 0 done; 2 there is no such run, or the file cannot be read.
    """
    path, named = parts_of(file)
    trace, more = run_of(path, run or named, source)
    if page is not None:
        from gradatim.app.report.run import render_run
        from gradatim.evals.traces.formats.streams import replacing

        with replacing(page) as part:
            part.write_text(render_run(trace), "utf-8")
    if as_json:
        from gradatim.evals.traces.view import view_of

        emit(view_of(trace).plain())
    elif page is not None:
        out(printable(str(page)))
    else:
        from gradatim.app.report.run import run_text

        out(run_text(trace))
    if more:
        say("the first of several runs: --run shows another, `gradatim trace list` lists them")

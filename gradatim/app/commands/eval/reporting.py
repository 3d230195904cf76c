"""`gradatim eval report`: what an experiment found, as HTML and Markdown."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from gradatim.app.console import emit, out, say
from gradatim.app.options import json_option
from gradatim.errors import InputError


@click.command()
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--html", "html_out", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page.")
@click.option("--md", "md_out", type=click.Path(path_type=Path), metavar="FILE", help="Write Markdown.")
@click.option(
    "--baseline", metavar="VARIANT", help="What the others are compared with; full, baseline, or the first one."
)
@json_option
def report(folder: Path, html_out: Path | None, md_out: Path | None, baseline: str | None, as_json: bool) -> None:
    """Write the report of the experiment whose results lie in FOLDER.

    Quality, ablation, latency and cost in the form of the tables of the source, each figure with its n and interval;
    reliability, precision against coverage and distributions as pictures; what was not measured, and why. Without
    --html, --md and --json, Markdown goes to stdout.

    \b
    Exit codes: 0 done; 2 bad input.
    """
    from gradatim.evals.reports.building import report_of

    found = report_of(folder, baseline=baseline)
    if html_out is not None:
        from gradatim.app.report.evaluation import render_page

        _write(html_out, render_page(found))
    if md_out is not None:
        from gradatim.app.report.evaluation import render_markdown

        _write(md_out, render_markdown(found))
    if as_json:
        emit(found.plain())
    elif html_out is None and md_out is None:
        from gradatim.app.report.evaluation import render_markdown

        out(render_markdown(found), end="")


def _write(target: Path, text: str) -> None:
    part = target.with_name(f"{target.name}.part")
    try:
        part.write_text(text, encoding="utf-8", errors="replace")
        part.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):  # the name itself may be what cannot be
            part.unlink(missing_ok=True)
        raise InputError(
            f"cannot be written: {error.strerror or error}",
            place=str(target),
            remedy="name a file in a folder of yours",
        ) from error
    say(f"{target} ({len(text.encode()):,} bytes)")

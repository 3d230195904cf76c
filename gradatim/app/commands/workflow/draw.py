"""`gradatim workflow draw`: a workflow as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.console import out, printable, say
from gradatim.errors import InputError
from gradatim.graphs.workflow import read_workflow
from gradatim.graphs.workflow.drawing import draw_mermaid, draw_page, draw_svg, draw_text
from gradatim.kg.exchange.limits import write_file

_DRAWINGS = {".svg": draw_svg, ".html": draw_page, ".mmd": draw_mermaid}


@click.command()
@click.argument("file")
@click.option(
    "--out",
    "target",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Ends in .svg for an image, .html for a page with tables, .mmd for Mermaid; the terminal when not given.",
)
def draw(file: str, target: Path | None) -> None:
    """Draw the workflow in FILE (or packaged:NAME), also one that is not right yet.

    A picture that is there is replaced.

    \b
    Exit codes: 0 drawn; 2 the file is no workflow, or the picture cannot be written.
    """
    if target is not None and target.suffix.lower() not in _DRAWINGS:
        raise InputError(
            f"cannot be drawn as {target.suffix or 'a file without an ending'}", place=f"--out {target}",
            remedy=f"end its name in one of {', '.join(_DRAWINGS)}",
        )  # fmt: skip
    workflow = read_workflow(file)
    if target is None:
        out(printable(draw_text(workflow), lines=True))
        return
    write_file(target, _DRAWINGS[target.suffix.lower()](workflow).encode("utf-8"))
    say(f"drawn: {target}")

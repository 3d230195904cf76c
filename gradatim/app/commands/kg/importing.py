"""`gradatim kg import`: a curriculum of a file that holds a graph."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.kg.sizes import size, size_text
from gradatim.app.console import emit, label, out, plural, printable, say
from gradatim.app.options import json_option
from gradatim.kg.exchange import FORMATS, Format, import_graph, write_curriculum

_SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Folder for the curriculum files; must not exist, or be empty.",
)
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Format; the one FILE ends in when not given.")
@json_option
@click.pass_context
def import_(ctx: click.Context, file: Path, folder: Path, kind: Format | None, as_json: bool) -> None:
    """Make a folder of curriculum files of the graph in FILE: GraphML, JSON-LD, CSV (folder or .zip) or JSON.

    FILE is what `gradatim kg export` or `gradatim kg build` wrote, or what another program made of it. A built concept
    without a definition gets the sentence it rests on; one without either is left out. The graph has the name of the
    folder. `gradatim kg check --curriculum FOLDER` looks at it, every other command takes it, too.

    Exit codes: 0 the folder holds all of it; 1 some concepts were left out; 2 FILE cannot be used, and nothing is
    written.
    """
    found = import_graph(file, kind)
    graph = write_curriculum(found.graph, folder)
    if as_json:
        refused = [{"place": problem.place, "message": problem.message} for problem in found.refused]
        emit({"folder": str(folder), **size(graph), "left_out": refused})
    else:
        for problem in found.refused[:_SHOWN]:
            say(f"{label('warning')} {printable(str(problem))}")
        if len(found.refused) > _SHOWN:
            say(f"{label('warning')} and {plural(len(found.refused) - _SHOWN, 'more')}")
        out(f"{printable(str(folder))}: {size_text(graph)} (version {graph.version})")
    ctx.exit(1 if found.refused else 0)

"""`gradatim kg export`: the graph in a format of other programs."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.kg.asking import ask, concept_named
from gradatim.app.commands.kg.sizes import size, size_text
from gradatim.app.console import emit, out, printable
from gradatim.app.options import curriculum_option, json_option
from gradatim.errors import InputError
from gradatim.kg import ConceptGraph, ConceptStore
from gradatim.kg.exchange import FORMATS, Format, excerpt, export_graph, format_of


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Format; the one FILE ends in when not given.")
@click.option("--around", metavar="CONCEPT", help="Only what lies around this concept.")
@click.option(
    "--depth", type=click.IntRange(0, 20), metavar="N", help="Relations away from it at most; 2 when not given."
)
@curriculum_option
@json_option
def export(
    file: Path, kind: Format | None, around: str | None, depth: int | None, curriculum: Path | None, as_json: bool
) -> None:
    """Write the graph to FILE for other programs; what stands there is replaced.

    .graphml is for yEd, Gephi and networkx; .jsonld is linked data in SKOS; .cypher are statements for Neo4j; .zip, or
    a name without ending for a folder, are tables (CSV); .json is the form of `gradatim kg build`. `gradatim kg import`
    reads all but Cypher, and gets the same graph.

    Exit codes: 0 written; 2 the concept or the format is unknown, or FILE cannot be written.
    """
    if depth is not None and around is None:
        raise InputError("tells how far, but not around what", place="--depth", remedy="give --around CONCEPT, too")
    chosen = kind or format_of(file)
    graph = ask(curriculum, lambda store: _chosen(store, around, 2 if depth is None else depth))
    files = export_graph(graph, file, chosen)
    if as_json:
        emit({"format": chosen, "files": [str(item) for item in files], **size(graph)})
    else:
        out(f"{printable(str(file))}: {size_text(graph)}, as {chosen} (version {graph.version})")


async def _chosen(store: ConceptStore, around: str | None, depth: int) -> ConceptGraph:
    graph = await store.snapshot()
    return graph if around is None else excerpt(graph, (await concept_named(around, store)).id, depth)

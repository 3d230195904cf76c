"""`gradatim kg draw`: what stands around a concept, as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from gradatim.app.commands.kg.asking import ask, concept_named
from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import curriculum_option, json_option
from gradatim.errors import InputError
from gradatim.kg import ConceptGraph, ConceptStore
from gradatim.kg.drawing import draw_page, draw_svg, neighbourhood
from gradatim.kg.exchange.limits import write_file

_ENDINGS = (".svg", ".html")


@click.command()
@click.argument("concept")
@click.option(
    "--depth",
    type=click.IntRange(1, 10),
    default=2,
    show_default=True,
    metavar="N",
    help="How many relations a prerequisite may be away.",
)
@click.option(
    "--out",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Ends in .svg for an image or in .html for a page to move about in; CONCEPT.svg when not given.",
)
@curriculum_option
@json_option
def draw(concept: str, depth: int, file: Path | None, curriculum: Path | None, as_json: bool) -> None:
    """Draw what stands around CONCEPT; a file that is there is replaced.

    From left to right: what is needed before it, in the order of learning, the concept, what it is needed for. Above:
    what it is a kind or part of; below: its kinds and parts, and what is similar. Of many neighbours the nearest are
    drawn, and how many are left out is told.

    Exit codes: 0 drawn; 2 the graph does not know CONCEPT, or the file cannot be written.
    """
    if file is not None and file.suffix.lower() not in _ENDINGS:
        raise InputError("is neither .svg nor .html", place=f"--out {file}", remedy="end its name in one of the two")
    graph, focus = ask(curriculum, lambda store: _asked(store, concept))
    target = file or Path(f"{focus}.svg")
    around = neighbourhood(graph, focus, depth)
    page = target.suffix.lower() == ".html"
    write_file(target, (draw_page(around, graph) if page else draw_svg(around)).encode("utf-8"))
    left_out = sum(around.left_out.values())
    if as_json:
        listed = [{"id": key, "role": member.role} for key, member in around.members.items()]
        emit({"file": str(target), "concept": focus, "drawn": listed, "left_out": dict(around.left_out)})
        return
    rest = f", {left_out} left out" if left_out else ""
    size = f"{plural(len(around.members), 'concept')}, {plural(len(around.relations), 'relation')}{rest}"
    out(f"{printable(str(target))}: {size}")


async def _asked(store: ConceptStore, name: str) -> tuple[ConceptGraph, str]:
    return await store.snapshot(), (await concept_named(name, store)).id

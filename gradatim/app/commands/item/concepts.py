"""`gradatim item concepts`: what items can be about."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from gradatim.app.console import emit, out, table
from gradatim.app.options import curriculum_option, json_option
from gradatim.kg import opened_graph
from gradatim.settings import load_settings
from gradatim.tools.items.families import FAMILIES
from gradatim.tools.items.maker import concepts_of


@click.command()
@json_option
@curriculum_option
def concepts(as_json: bool, curriculum: Path | None) -> None:
    """Name the concepts that templates are about, with how many templates are.

    \b
    Exit codes: 0 done.
    """
    rows = asyncio.run(_rows(curriculum))
    if as_json:
        emit({"concepts": [{"id": key, "name": name, "templates": ids} for key, name, ids in rows]})
    else:
        out(table([(key, name, ", ".join(ids)) for key, name, ids in rows], header=("concept", "name", "templates")))


async def _rows(curriculum: Path | None) -> list[tuple[str, str, list[str]]]:
    async with opened_graph(load_settings(curriculum=curriculum)) as store:
        graph = await store.snapshot()
    found = {
        concept.id: [family.id for family in FAMILIES if concept.id in concepts_of(family)]
        for concept in graph.concepts
    }
    return [(concept.id, concept.name, found[concept.id]) for concept in graph.concepts if found[concept.id]]

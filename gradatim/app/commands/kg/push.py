"""`gradatim kg push`: put a curriculum on a graph server."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click

from gradatim.app.console import emit, out, plural, printable
from gradatim.app.options import curriculum_option, json_option
from gradatim.errors import InputError
from gradatim.kg import ConceptGraph, load_curriculum, packaged_curriculum
from gradatim.settings import load_settings


@click.command()
@curriculum_option
@click.option("--graph", metavar="URL", help="Address of the server, neo4j://host:7687 (setting: graph).")
@json_option
def push(curriculum: Path | None, graph: str | None, as_json: bool) -> None:
    """Put the curriculum on the graph server, beside the version that is there, and switch over in one moment.

    Those who read meanwhile see the old version or the new one, never a mixture. Doing it again changes nothing.

    Exit codes: 0 the server has it; 2 the curriculum or a setting is wrong; 3 the server does not do it.
    """
    settings = load_settings(curriculum=curriculum, graph=graph)
    if settings.graph == "embedded":
        raise InputError(
            "no server is named", place="setting graph", remedy="give --graph neo4j://host:7687, or set GRADATIM_GRAPH"
        )
    from gradatim.kg.neo4j import Neo4jStore, Server

    server = Server.of(settings)
    content = packaged_curriculum() if settings.curriculum is None else load_curriculum(settings.curriculum)

    async def run(content: ConceptGraph) -> bool:
        store = Neo4jStore(server, content.name)
        try:
            return await store.import_graph(content)
        finally:
            await store.aclose()

    began = time.perf_counter()
    changed = asyncio.run(run(content))
    seconds = time.perf_counter() - began
    if as_json:
        emit(
            {
                "server": server.place,
                "graph": content.name,
                "version": content.version,
                "concepts": len(content.concepts),
                "relations": len(content.relations),
                "misconceptions": len(content.misconceptions),
                "changed": changed,
                "seconds": round(seconds, 2),
            }
        )
        return
    size = f"{plural(len(content.concepts), 'concept')}, {plural(len(content.relations), 'relation')}"
    told = f"in force now, in {seconds:.1f} s" if changed else "was there already"
    out(f"{server.place}: {printable(content.name)} {content.version} ({size}) {told}")
    if content.name != settings.graph_name:
        out(f"it is read by those who set GRADATIM_GRAPH_NAME={printable(content.name)}")

"""The check of the server that has the concept graph."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from gradatim.app.checkup.finding import Finding, failure
from gradatim.errors import GradatimError
from gradatim.settings import Settings

QUESTIONS = 20
"""Over which the time of one is averaged."""


async def check_graph(settings: Settings) -> AsyncIterator[Finding]:
    """The server that the settings name lets us in, has the graph, and answers within the deadline."""
    name = "graph server"
    if settings.graph == "embedded":
        yield Finding(name, "unused", "none is asked for: the concept graph is in this process")
        return
    from gradatim.kg.fallback import snapshot_path
    from gradatim.kg.neo4j import Neo4jStore, Server
    from gradatim.kg.snapshots import read_snapshot

    try:
        server = Server.of(settings)
        store = Neo4jStore(server, settings.graph_name)
    except GradatimError as error:
        yield failure(name, error)
        return
    version = None
    try:
        agent = await store.agent()
        version = await store.ready()
        graph = await store.snapshot()
        began = time.perf_counter()
        for number in range(QUESTIONS):
            await store.around([concept.id for concept in graph.concepts[number : number + 3]], depth=3)
        spent = (time.perf_counter() - began) / QUESTIONS
    except GradatimError as error:
        yield failure(name, error)
    else:
        size = f"{len(graph.concepts):,} concepts, {len(graph.relations):,} relations"
        told = f"{server.place}: {agent}; {graph.name} {version}: {size}; {1000 * spent:.1f} ms a question"
        slow = spent > server.deadline / 2
        remedy = "bring the server nearer, or raise GRADATIM_NEO4J_DEADLINE"
        yield Finding(name, "weak" if slow else "ok", told, remedy if slow else None)
    finally:
        await store.aclose()
    path = snapshot_path(settings.graph_snapshots_dir, server, settings.graph_name)
    try:
        kept = read_snapshot(path)
    except GradatimError as error:
        yield failure("graph snapshot", error, status="weak")
        return
    remedy = "the first assessment while the server answers makes one"
    if kept is None:
        yield Finding("graph snapshot", "weak", f"{path}: none that could answer while the server is away", remedy)
    elif version is not None and kept.version != version:
        yield Finding("graph snapshot", "weak", f"{path}: of the older version {kept.version}", remedy)
    else:
        yield Finding("graph snapshot", "ok", f"{path}: version {kept.version}")

"""The measuring of `gradatim bench retrieval`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from gradatim.app.bench.retrieval.arcade import ArcadeServer, NoServer, arcade_server
from gradatim.app.bench.retrieval.curriculum import CONCEPTS, RELATIONS, curriculum
from gradatim.app.bench.retrieval.killing import kill_in_the_middle
from gradatim.app.bench.retrieval.packaged import held_out, packaged
from gradatim.app.bench.retrieval.questions import Crowd, all_at_once, in_one_go, milliseconds, one_by_one, questions
from gradatim.kg import ConceptGraph, EmbeddedStore
from gradatim.kg.fallback import SnapshotStore
from gradatim.kg.neo4j import Neo4jStore, Server

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

FACTOR = 100
AT_ONCE = 10_000
RUNS = 1_000
WARM_UP = 1_000
"""Not counted: a server that has just started is still compiling itself."""
SMALL_FACTOR = 10
"""Of a run with `--sample`."""

_OVER_BOLT = (
    "bolt_p50_ms", "bolt_p99_ms", "bolt_p50_ms_large", "bolt_p99_ms_large", "bolt_growth", "bolt_over_embedded",
    "bolt_query_p50_ms", "bolt_query_p50_ms_large",
    "import_seconds", "import_seconds_large", "load_seconds", "load_seconds_large", "crowd_seconds", "crowd_errors",
    "crowd_pool_exhausted", "killed_errors", "killed_seconds", "killed_snapshot_share",
    "killed_recovered_seconds",
)  # fmt: skip
"""Figures that need a server; all `None` without one."""


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.retrieval.retrieval`."""
    at_once = request.sample or AT_ONCE
    factor = SMALL_FACTOR if request.sample else FACTOR
    runs = min(RUNS, max(request.sample or RUNS, 20))
    request.say(f"making graphs of {CONCEPTS:,} and {factor * CONCEPTS:,} concepts")
    small, large = curriculum(), curriculum(factor * CONCEPTS, factor * RELATIONS)
    figures: dict[str, str | int | float | bool | None] = {
        "concepts": CONCEPTS,
        "relations": RELATIONS,
        "factor": factor,
        "runs": runs,
        "at_once": at_once,
    }
    figures |= asyncio.run(_embedded(request, small, large, runs))
    request.say("retrieving from the packaged curriculum")
    figures |= asyncio.run(packaged(runs, WARM_UP))
    request.say("looking for hidden similarities")
    figures |= held_out()
    figures |= dict.fromkeys(_OVER_BOLT)
    try:
        with _server(request) as (server, ours):
            figures |= asyncio.run(_bolt(request, server, ours, small, large, runs, at_once))
    except NoServer as reason:
        figures["note"] = f"nothing was measured over Bolt: {reason.message}"
    p50, over = figures["embedded_p50_ms"], figures["bolt_p50_ms"]
    if isinstance(p50, float) and isinstance(over, float):
        figures["bolt_over_embedded"] = round(over / p50, 1)
    return figures


@contextmanager
def _server(request: BenchRequest) -> Generator[tuple[Server, ArcadeServer | None]]:
    """The server of the settings, or one of our own, which may be killed."""
    if request.settings.graph != "embedded":
        yield Server.of(request.settings), None
        return
    request.say("starting ArcadeDB")
    with arcade_server() as server:
        yield server.server(pool=request.settings.neo4j_pool, deadline=request.settings.neo4j_deadline), server


async def _embedded(
    request: BenchRequest, small: ConceptGraph, large: ConceptGraph, runs: int
) -> Mapping[str, float | None]:
    request.say("retrieving in this process")
    times: list[list[float]] = []
    for graph in (small, large):
        asked = questions(graph, runs + WARM_UP)
        times.append(await one_by_one(EmbeddedStore(graph), asked, warm=WARM_UP))
    return _latency("embedded", *times)


async def _bolt(
    request: BenchRequest,
    server: Server,
    ours: ArcadeServer | None,
    small: ConceptGraph,
    large: ConceptGraph,
    runs: int,
    at_once: int,
) -> Mapping[str, str | int | float | None]:
    times: list[list[float]] = []
    figures: dict[str, str | int | float | None] = {}
    for suffix, graph in (("", small), ("_large", large)):
        store = Neo4jStore(server, graph.name)
        try:
            figures["server"] = await store.agent()
            request.say(f"importing {len(graph.concepts):,} concepts and {len(graph.relations):,} relations")
            began = perf_counter()
            await store.import_graph(graph)
            figures[f"import_seconds{suffix}"] = round(perf_counter() - began, 2)
            began = perf_counter()
            await store.ready()
            figures[f"load_seconds{suffix}"] = round(perf_counter() - began, 2)
            request.say("retrieving over Bolt")
            asked = questions(graph, runs + WARM_UP)
            times.append(await one_by_one(store, asked, warm=WARM_UP))
            figures[f"bolt_query_p50_ms{suffix}"] = milliseconds(await in_one_go(store, asked), 0.5)
        finally:
            await store.aclose()
    figures |= _latency("bolt", *times)
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        figures |= await _crowds(request, server, ours, small, at_once, Path(folder) / "snapshot.json")
    if ours is None:
        for graph in (small, large):
            await _drop(server, graph.name)
    return figures


async def _crowds(
    request: BenchRequest, server: Server, ours: ArcadeServer | None, graph: ConceptGraph, at_once: int, path: Path
) -> Mapping[str, str | int | float | None]:
    asked = questions(graph, at_once)
    bare = Neo4jStore(server, graph.name)
    try:
        await bare.ready()
        request.say(f"{at_once:,} retrievals at once on {server.pool} connections")
        crowd = await all_at_once(bare, asked, Crowd())
    finally:
        await bare.aclose()
    figures: dict[str, str | int | float | None] = {
        "pool": server.pool,
        "crowd_seconds": round(crowd.seconds, 2),
        "crowd_errors": crowd.errors.total(),
        "crowd_pool_exhausted": sum(count for text, count in crowd.errors.items() if "pool" in text),
    }
    if ours is None:
        return figures | {"note": "the server of the setting graph is not killed"}
    store = SnapshotStore(Neo4jStore(server, graph.name, patience=server.deadline), path)
    try:
        await store.start()
        await store.settled()
        request.say("the same, and the server is killed in the middle")
        killing = await kill_in_the_middle(store, ours, asked)
    finally:
        await store.aclose()
    return figures | {
        "killed_errors": killing.crowd.errors.total(),
        "killed_seconds": round(killing.crowd.seconds, 2),
        "killed_snapshot_share": round(killing.snapshot_share, 3),
        "killed_recovered_seconds": (
            None if killing.recovered_seconds is None else round(killing.recovered_seconds, 2)
        ),
    }


def _latency(side: str, small: list[float], large: list[float]) -> dict[str, float | None]:
    return {
        f"{side}_p50_ms": milliseconds(small, 0.5),
        f"{side}_p99_ms": milliseconds(small, 0.99),
        f"{side}_p50_ms_large": milliseconds(large, 0.5),
        f"{side}_p99_ms_large": milliseconds(large, 0.99),
        f"{side}_growth": round(milliseconds(large, 0.5) / max(milliseconds(small, 0.5), 0.001), 2),
    }


async def _drop(server: Server, name: str) -> None:
    store = Neo4jStore(server, name)
    try:
        await store.drop()
    finally:
        await store.aclose()

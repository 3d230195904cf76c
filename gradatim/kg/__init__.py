"""The concept graph: concepts, how they depend on one another, and what learners wrongly believe about them.

`open_graph` gives a store to ask; `retrieve` collects what the graph says about one program. Curricula are
folders of YAML files; one for introductory Python is packaged.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files

from gradatim.kg.embedded import EmbeddedStore
from gradatim.kg.loading import inspect_curriculum, load_curriculum
from gradatim.kg.retrieval import resolve, retrieve
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, RelationType, Topic
from gradatim.kg.sources import Sources
from gradatim.kg.store import Chain, ConceptStore, Step, Surroundings
from gradatim.kg.validation import InconsistentGraph, Problem, validate
from gradatim.settings import Settings

__all__ = [
    "Chain",
    "Concept",
    "ConceptGraph",
    "ConceptStore",
    "EmbeddedStore",
    "InconsistentGraph",
    "Misconception",
    "Problem",
    "Relation",
    "RelationType",
    "Sources",
    "Step",
    "Surroundings",
    "Topic",
    "inspect_curriculum",
    "load_curriculum",
    "open_graph",
    "opened_graph",
    "packaged_curriculum",
    "resolve",
    "retrieve",
    "validate",
]


def open_graph(settings: Settings) -> ConceptStore:
    """The concept graph that the settings ask for.

    In this process: `settings.curriculum`, else the packaged Python curriculum. On a server: `settings.graph_name`
    there, with the last snapshot in its place while the server is away; nothing is connected before the first
    question. `opened_graph` also gets in touch and closes.

    Raises:
        CurriculumError: The folder cannot be read, or its content cannot be used; with every file and line.
        ServiceError: The driver of the server is not installed.
        SettingsError: The address of the server cannot be used.
    """
    if settings.graph == "embedded":
        graph = packaged_curriculum() if settings.curriculum is None else load_curriculum(settings.curriculum)
        return EmbeddedStore(graph)
    from gradatim.kg.fallback import SnapshotStore, snapshot_path
    from gradatim.kg.neo4j import Neo4jStore, Server

    server = Server.of(settings)
    # a question that meets a new version does not wait for it to be read: the snapshot is there
    primary = Neo4jStore(server, settings.graph_name, patience=server.deadline)
    return SnapshotStore(primary, snapshot_path(settings.graph_snapshots_dir, server, settings.graph_name))


@asynccontextmanager
async def opened_graph(settings: Settings) -> AsyncGenerator[ConceptStore]:
    """`open_graph`, in touch with the server where there is one, and closed in the end.

    Raises:
        CurriculumError: The curriculum cannot be used.
        ServiceError: The server does not let us in, does not have the graph, or is away without a snapshot.
        SettingsError: The address of the server cannot be used.
    """
    from gradatim.kg.fallback import SnapshotStore

    store = await asyncio.to_thread(open_graph, settings)
    try:
        if isinstance(store, SnapshotStore):
            await store.start()
        yield store
    finally:
        await store.aclose()


@cache
def packaged_curriculum() -> ConceptGraph:
    """The curriculum for introductory Python that comes with the package."""
    return load_curriculum(files("gradatim.kg") / "curricula" / "python")

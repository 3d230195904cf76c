"""A graph server that may be away: as long as it is, the last snapshot answers, and says so."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TypeVar

from gradatim.domain import stable_id
from gradatim.errors import StorageError
from gradatim.kg.circuit import Circuit, StandIn
from gradatim.kg.embedded import EmbeddedStore
from gradatim.kg.neo4j.errors import GraphAway, GraphServerError, GraphSpoilt
from gradatim.kg.neo4j.server import Server
from gradatim.kg.neo4j.store import Neo4jStore
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, RelationType
from gradatim.kg.snapshots import read_snapshot, write_snapshot
from gradatim.kg.store import Chain, ConceptStore, Step, Surroundings
from gradatim.kg.validation import InconsistentGraph

T = TypeVar("T")

KEEP_PAUSE = 60.0
"""Seconds until a snapshot is tried again after one that failed: it reads the whole graph."""
KEEP_GRACE = 2.0
"""Seconds for which closing waits for a snapshot that is being made."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a `SnapshotStore` stands."""

    degraded: StandIn | None
    """Set while the snapshot answers."""
    version: str | None
    """Of the snapshot that is at hand; `None` when there is none yet."""
    falls: int
    """How many times the server was given up so far."""
    asked: int
    """Questions so far."""
    from_snapshot: int
    """Those of them that the snapshot has answered."""


class SnapshotStore:
    """A `ConceptStore` that asks a server, and a snapshot of its graph while the server is away.

    After the first question that fails nobody waits for the server: the snapshot answers at once, and a task in the
    background tries, in growing intervals, until the server has the graph again.

    Args:
        primary: Asks the server, with a deadline.
        path: File of the snapshot; written whenever the server shows a new version.
        first_pause: Seconds until the server is tried again.
        longest_pause: Seconds between two tries at most.
    """

    def __init__(
        self, primary: Neo4jStore, path: Path, *, first_pause: float = 0.1, longest_pause: float = 5.0
    ) -> None:
        self._primary = primary
        self._path = path
        self._circuit = Circuit(primary.ready, first_pause=first_pause, longest_pause=longest_pause)
        self._snapshot: EmbeddedStore | None = None
        self._version: str | None = None
        self._starting: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._keep_after = 0.0
        self._asked = 0
        self._from_snapshot = 0

    @property
    def name(self) -> str:
        return self._primary.name

    @property
    def primary(self) -> Neo4jStore:
        """The store that asks the server."""
        return self._primary

    def status(self) -> Standing:
        """How things stand now."""
        return Standing(self._circuit.open, self._version, self._circuit.falls, self._asked, self._from_snapshot)

    def stand_in(self, since: float) -> StandIn | None:
        """Whether the snapshot may have answered since a moment, and why.

        Args:
            since: By `time.monotonic`.
        """
        return self._circuit.was_open(since)

    async def start(self) -> None:
        """Get in touch with the server; without it, get ready to answer from the snapshot.

        Raises:
            GraphServerError: The server does not let us in or does not have the graph, or it is away and there is
                no snapshot.
        """
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
        try:
            await asyncio.shield(self._starting)
        except GraphServerError:
            self._starting = None  # the next one tries again
            raise

    async def settled(self) -> None:
        """Wait until nothing goes on in the background: no snapshot is made, and the server is not waited for."""
        while tasks := [task for task in (self._keeping, self._circuit.probing) if task is not None]:
            await asyncio.wait(tasks)

    async def aclose(self) -> None:
        if self._keeping is not None:  # of a command that lasted a moment there should be a snapshot, too
            await asyncio.wait([self._keeping], timeout=KEEP_GRACE)
        tasks = [task for task in (self._starting, self._keeping) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._circuit.aclose()
        await self._primary.aclose()

    # ------------------------------------------------------------------------------------ as every store

    async def version(self) -> str:
        return await self._ask(lambda store: store.version())

    async def snapshot(self) -> ConceptGraph:
        return await self._ask(lambda store: store.snapshot())

    async def concept(self, concept_id: str) -> Concept | None:
        return await self._ask(lambda store: store.concept(concept_id))

    async def find(self, name: str) -> Concept | None:
        return await self._ask(lambda store: store.find(name))

    async def search(self, text: str) -> tuple[Concept, ...]:
        return await self._ask(lambda store: store.search(text))

    async def prerequisites(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        return await self._ask(lambda store: store.prerequisites(concept_id, depth))

    async def dependents(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        return await self._ask(lambda store: store.dependents(concept_id, depth))

    async def similar(self, concept_id: str) -> tuple[Step, ...]:
        return await self._ask(lambda store: store.similar(concept_id))

    async def parents(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        return await self._ask(lambda store: store.parents(concept_id, depth))

    async def children(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        return await self._ask(lambda store: store.children(concept_id, depth))

    async def relations(self, source: str, target: str) -> tuple[Relation, ...]:
        return await self._ask(lambda store: store.relations(source, target))

    async def holds(self, source: str, relation: RelationType, target: str, *, transitive: bool = True) -> Chain | None:
        return await self._ask(lambda store: store.holds(source, relation, target, transitive=transitive))

    async def misconception(self, misconception_id: str) -> Misconception | None:
        return await self._ask(lambda store: store.misconception(misconception_id))

    async def misconceptions_of(
        self, concepts: Iterable[str] = (), errors: Iterable[str] = ()
    ) -> tuple[Misconception, ...]:
        about, shown = tuple(concepts), tuple(errors)  # may be asked twice
        return await self._ask(lambda store: store.misconceptions_of(about, shown))

    async def around(
        self, names: Sequence[str], *, depth: int, errors: Sequence[str] = (), misconceptions: Sequence[str] = ()
    ) -> Surroundings:
        return await self._ask(
            lambda store: store.around(names, depth=depth, errors=errors, misconceptions=misconceptions)
        )

    # ------------------------------------------------------------------------------------------- inside

    async def _ask(self, question: Callable[[ConceptStore], Awaitable[T]]) -> T:
        if self._starting is None or not self._starting.done():
            await self.start()
        self._asked += 1
        if self._circuit.open is None:
            try:
                answer = await question(self._primary)
            except GraphServerError as error:
                self._fall(error)
            else:
                self._keep_soon()
                return answer
        if self._snapshot is None:
            raise AssertionError("without a snapshot a failing question raises")
        self._from_snapshot += 1
        return await question(self._snapshot)

    async def _start(self) -> None:
        damaged: StorageError | None = None
        kept: ConceptGraph | None = None
        try:
            kept = await asyncio.to_thread(read_snapshot, self._path)
            if kept is not None:
                await self._use(kept)
        except (StorageError, InconsistentGraph) as error:
            damaged = StorageError(str(error), remedy=error.remedy)
            kept = None
        try:
            if kept is not None and kept.version == await self._primary.version():
                await asyncio.to_thread(self._primary.adopt, kept)
            else:
                await self._primary.ready()
        except (GraphAway, GraphSpoilt) as error:
            if kept is None:
                seen = f"; {damaged}" if damaged else "; there is no snapshot that could answer instead"
                raise type(error)(f"{error.message}{seen}", place=error.place, remedy=error.remedy) from error
            self._fall(error)
        else:
            self._keep_soon()

    def _fall(self, error: GraphServerError) -> None:
        """Give the server up; raises the error when there is nothing that could answer instead."""
        if self._snapshot is None or self._version is None:
            raise error
        if self._circuit.trip(error, self._version):
            message, place, remedy = error.message, error.place, error.remedy
            self._primary.send_away(lambda: GraphAway(message, place=place, remedy=remedy))

    def _keep_soon(self) -> None:
        """Make a snapshot in the background when the server has shown a version of which there is none."""
        if self._primary.seen != self._version and self._keeping is None and monotonic() >= self._keep_after:
            self._keeping = asyncio.create_task(self._keep())
            self._keeping.add_done_callback(self._kept)

    async def _keep(self) -> None:
        try:
            graph = await self._primary.snapshot()
            await self._use(graph)
            await asyncio.to_thread(write_snapshot, self._path, graph)
        except GraphServerError as error:
            self._keep_after = monotonic() + KEEP_PAUSE
            _log.warning("no snapshot was made: %s", error)
            if isinstance(error, GraphSpoilt) and self._snapshot is not None:
                self._fall(error)
        except OSError as error:  # it can still answer in this process
            _log.warning("the snapshot cannot be written to %s: %s", self._path, error)

    def _kept(self, task: asyncio.Task[None]) -> None:
        self._keeping = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._keep_after = monotonic() + KEEP_PAUSE
            _log.error("no snapshot was made", exc_info=error)

    async def _use(self, graph: ConceptGraph) -> None:
        self._snapshot = await asyncio.to_thread(_warm, graph)
        self._version = graph.version


def _warm(graph: ConceptGraph) -> EmbeddedStore:
    """A store that does not make the first one who asks wait while its index of names is built."""
    store = EmbeddedStore(graph)
    asyncio.run(store.find(graph.name))
    return store


def stand_in(store: ConceptStore, since: float) -> StandIn | None:
    """Whether a snapshot may have answered in a server's place since a moment (by `time.monotonic`), and why."""
    return store.stand_in(since) if isinstance(store, SnapshotStore) else None


def snapshot_path(folder: Path, server: Server, name: str) -> Path:
    """Where the snapshot of a graph on a server is kept; different servers and graphs have different files."""
    digest = stable_id(server.url, server.database, name)
    return folder / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())[:40]}-{digest}.json"

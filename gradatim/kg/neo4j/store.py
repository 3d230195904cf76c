"""The concept graph on a Neo4j server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from gradatim.kg.neo4j import cypher, importing
from gradatim.kg.neo4j.asking import Asker
from gradatim.kg.neo4j.connection import Connection
from gradatim.kg.neo4j.content import Content, read_relations
from gradatim.kg.neo4j.errors import GraphMissing, GraphSpoilt
from gradatim.kg.neo4j.migrations import migrate
from gradatim.kg.neo4j.server import Server
from gradatim.kg.neo4j.walking import walk
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, RelationType
from gradatim.kg.store import Chain, Step, Surroundings
from gradatim.kg.validation import InconsistentGraph, Problem, require_valid


class Neo4jStore:
    """A `ConceptStore` on a server that speaks Bolt.

    Relations are asked of the server, with every question; concepts and misconceptions are read once for each
    version of the graph. An answer never mixes two versions. Nothing is connected before the first question.

    Args:
        server: Where the graph is.
        name: Of the graph; a database holds several.
        fresh: Seconds for which questions that need no relations rest on the version seen last.
        patience: Seconds for which a question waits while a new version is read.

    Raises:
        GraphRefused: The driver is not installed.
    """

    def __init__(self, server: Server, name: str = "python", *, fresh: float = 1.0, patience: float = 300.0) -> None:
        self._name = name
        self._connection = Connection(server)
        self._asker = Asker(self._connection, name, fresh=fresh, patience=patience)

    @property
    def name(self) -> str:
        return self._name

    @property
    def server(self) -> Server:
        """Where the graph is."""
        return self._connection.server

    @property
    def seen(self) -> str | None:
        """The version that was seen in force last; `None` before the first answer."""
        return None if self._asker.content is None else self._asker.content.version

    # ------------------------------------------------------------------------------------ as every store

    async def snapshot(self) -> ConceptGraph:
        """The whole graph, read from the server and compared with the version that it is said to have.

        Raises:
            GraphServerError: It cannot be had, or was changed by others than `import_graph`.
        """
        while True:
            content = await self._asker.ready()
            relations = await read_relations(self._connection, self._name, content.version)
            if await self.version() == content.version:
                break
        graph = await asyncio.to_thread(content.with_relations, relations)
        if await asyncio.to_thread(_version, graph) != content.version:
            raise GraphSpoilt(
                f"the graph {self._name!r} on the server is not the one that was put there as {content.version}",
                place=self.server.place,
                remedy="run `gradatim kg push`",
            )
        return graph

    async def concept(self, concept_id: str) -> Concept | None:
        return (await self._asker.current()).concepts.get(concept_id)

    async def find(self, name: str) -> Concept | None:
        return (await self._asker.current()).find(name)

    async def search(self, text: str) -> tuple[Concept, ...]:
        return (await self._asker.current()).search(text)

    async def prerequisites(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        async def question(content: Content) -> tuple[Step, ...]:
            edges = await walk(self._asker, content, [concept_id], "prerequisite", depth, upward=True)
            return await content.part([concept_id], edges).prerequisites(concept_id, depth)

        return await self._asker.about(question)

    async def dependents(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        async def question(content: Content) -> tuple[Step, ...]:
            edges = await walk(self._asker, content, [concept_id], "prerequisite", depth, upward=False)
            return await content.part([concept_id], edges).dependents(concept_id, depth)

        return await self._asker.about(question)

    async def similar(self, concept_id: str) -> tuple[Step, ...]:
        async def question(content: Content) -> tuple[Step, ...]:
            edges = await self._asker.relations(content, cypher.SIMILAR, {"ids": [concept_id]})
            return await content.part([concept_id], edges).similar(concept_id)

        return await self._asker.about(question)

    async def parents(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        async def question(content: Content) -> tuple[Step, ...]:
            edges = await walk(self._asker, content, [concept_id], "hierarchical", depth, upward=False)
            return await content.part([concept_id], edges).parents(concept_id, depth)

        return await self._asker.about(question)

    async def children(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        async def question(content: Content) -> tuple[Step, ...]:
            edges = await walk(self._asker, content, [concept_id], "hierarchical", depth, upward=True)
            return await content.part([concept_id], edges).children(concept_id, depth)

        return await self._asker.about(question)

    async def relations(self, source: str, target: str) -> tuple[Relation, ...]:
        async def question(content: Content) -> tuple[Relation, ...]:
            edges = await self._asker.relations(content, cypher.BETWEEN, {"source": source, "target": target})
            return await content.part([source, target], edges).relations(source, target)

        return await self._asker.about(question)

    async def holds(self, source: str, relation: RelationType, target: str, *, transitive: bool = True) -> Chain | None:
        async def question(content: Content) -> Chain | None:
            if relation == "similarity" or not transitive:
                edges = await self._asker.relations(content, cypher.BETWEEN, {"source": source, "target": target})
            else:
                edges = await walk(self._asker, content, [target], relation, None, upward=True, until=source)
            return await content.part([source, target], edges).holds(source, relation, target, transitive=transitive)

        return await self._asker.about(question)

    async def misconception(self, misconception_id: str) -> Misconception | None:
        return await (await self._asker.current()).nodes.misconception(misconception_id)

    async def misconceptions_of(
        self, concepts: Iterable[str] = (), errors: Iterable[str] = ()
    ) -> tuple[Misconception, ...]:
        return await (await self._asker.current()).nodes.misconceptions_of(concepts, errors)

    async def around(
        self, names: Sequence[str], *, depth: int, errors: Sequence[str] = (), misconceptions: Sequence[str] = ()
    ) -> Surroundings:
        async def question(content: Content) -> Surroundings:
            meant = tuple(content.find(name) for name in names)
            ids = list(dict.fromkeys(concept.id for concept in meant if concept is not None))
            span = max(1, min(depth, cypher.SPAN))
            edges = await self._asker.relations(content, cypher.around(span), {"ids": ids})
            if depth > span:
                others = [edge for edge in edges if edge.type != "prerequisite"]
                edges = [*others, *await walk(self._asker, content, ids, "prerequisite", depth, upward=True)]
            part = content.part(ids, edges)
            chains = {item: await part.prerequisites(item, depth) for item in ids}
            about = dict.fromkeys((*ids, *(step.concept.id for chain in chains.values() for step in chain)))
            beliefs = await content.nodes.misconceptions_of(about, errors) if about and errors else ()
            asked = [await content.nodes.misconception(item) for item in dict.fromkeys(misconceptions)]
            return Surroundings(
                concepts=meant,
                prerequisites=chains,
                parents={item: await part.parents(item) for item in ids},
                similar={item: await part.similar(item) for item in ids},
                misconceptions=tuple(item for item in asked if item is not None),
                beliefs=tuple(sorted(beliefs, key=lambda item: item.id)),
            )

        return await self._asker.about(question)

    async def aclose(self) -> None:
        await self._asker.aclose()
        await self._connection.aclose()

    # --------------------------------------------------------------------------------- on a server only

    async def version(self) -> str:
        """The version in force on the server.

        Raises:
            GraphServerError: It cannot be had.
        """
        return await self._asker.head()

    async def ready(self) -> str:
        """Ask which version is in force and read its content if that is new, however long it takes.

        Raises:
            GraphServerError: It cannot be had.
        """
        return (await self._asker.ready()).version

    async def agent(self) -> str:
        """What the server calls itself.

        Raises:
            GraphServerError: It does not answer.
        """
        return await self._connection.agent()

    def adopt(self, graph: ConceptGraph) -> None:
        """Take the content from a snapshot of the version that is in force, instead of reading it."""
        self._asker.adopt(Content.of(graph, graph.version))

    def send_away(self, error: Callable[[], Exception]) -> None:
        """End the waiting of all questions that have no connection yet."""
        self._connection.send_away(error)

    async def import_graph(self, graph: ConceptGraph) -> bool:
        """Make a graph the one in force, in one moment for all readers. It is stored under its own name.

        Args:
            graph: Has to be valid.

        Returns:
            Whether anything had to be done: `False` when the server has just this graph already.

        Raises:
            InconsistentGraph: It is not valid; nothing was changed.
            GraphServerError: It did not work; the version in force is the same as before.
        """
        require_valid(graph)
        topics = [topic.id for topic in graph.topics]
        twice = [Problem(f"topic {item}", "the id is used twice") for item in {*topics} if topics.count(item) > 1]
        if twice:
            raise InconsistentGraph(twice, name=graph.name)
        await migrate(self._connection)
        if await self._holds(graph):
            return False
        await importing.put(self._connection, graph)
        return True

    async def drop(self) -> None:
        """Remove the graph and all its versions.

        Raises:
            GraphServerError: It did not work, or not to the end; it can be done again.
        """
        await importing.drop(self._connection, self._name)

    # ------------------------------------------------------------------------------------------- inside

    async def _holds(self, graph: ConceptGraph) -> bool:
        """Whether the server has this graph in force, whole and unchanged."""
        own = self if graph.name == self._name else Neo4jStore(self.server, graph.name)
        try:
            return await own.version() == graph.version and (await own.snapshot()).version == graph.version
        except (GraphMissing, GraphSpoilt):
            return False
        finally:
            if own is not self:
                await own.aclose()


def _version(graph: ConceptGraph) -> str:
    return graph.version  # takes a second for a large graph

"""Concepts and misconceptions of one version of a graph, kept in this process: what never changes in a version."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from gradatim.kg.embedded import EmbeddedStore
from gradatim.kg.lexicon import Lexicon
from gradatim.kg.neo4j import cypher
from gradatim.kg.neo4j.connection import Connection, Rows
from gradatim.kg.neo4j.errors import GraphSpoilt
from gradatim.kg.neo4j.records import noun
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, Topic
from gradatim.kg.validation import InconsistentGraph

LOAD_SECONDS = 300.0
"""How long reading all of a version may take."""


@dataclass(frozen=True, slots=True)
class Content:
    """What the names of one version mean. Relations are not in it: they are asked of the server."""

    graph: ConceptGraph
    """Without relations."""
    version: str
    """Of the graph with its relations."""
    concepts: Mapping[str, Concept]
    nodes: EmbeddedStore
    """Over the graph without relations."""
    lexicon: Lexicon

    @classmethod
    def of(cls, graph: ConceptGraph, version: str) -> Self:
        """The content of a graph; its relations do not matter.

        Raises:
            GraphSpoilt: Ids are used twice, or misconceptions are about concepts that are not there.
        """
        bare = ConceptGraph(
            name=graph.name, topics=graph.topics, concepts=graph.concepts, misconceptions=graph.misconceptions
        )
        try:
            nodes = EmbeddedStore(bare)
        except InconsistentGraph as error:
            raise _spoilt(graph.name, error) from error
        concepts = {concept.id: concept for concept in graph.concepts}
        return cls(bare, version, concepts, nodes, Lexicon(graph.concepts))

    def find(self, name: str) -> Concept | None:
        """As `ConceptStore.find`."""
        found = self.lexicon.find(name)
        return None if found is None else self.concepts[found]

    def search(self, text: str) -> tuple[Concept, ...]:
        """As `ConceptStore.search`."""
        return tuple(self.concepts[item] for item in dict.fromkeys(m.concept for m in self.lexicon.mentions(text)))

    def with_relations(self, relations: Sequence[Relation]) -> ConceptGraph:
        """The whole graph."""
        return ConceptGraph(
            name=self.graph.name,
            topics=self.graph.topics,
            concepts=self.graph.concepts,
            relations=tuple(relations),
            misconceptions=self.graph.misconceptions,
        )

    def part(self, ids: Iterable[str], relations: Iterable[Relation]) -> EmbeddedStore:
        """A store of some concepts and the relations among them, to answer from in the order of every store.

        Raises:
            GraphSpoilt: The relations lead out of the graph, or in circles.
        """
        edges = tuple(relations)
        touched = dict.fromkeys((*ids, *(end for edge in edges for end in (edge.source, edge.target))))
        # what is validated already, or by the store, is not validated again
        graph = ConceptGraph.model_construct(
            name=self.graph.name,
            topics=(),
            concepts=tuple(self.concepts[item] for item in touched if item in self.concepts),
            relations=edges,
            misconceptions=(),
        )
        try:
            return EmbeddedStore(graph)
        except InconsistentGraph as error:
            raise _spoilt(self.graph.name, error) from error


def _spoilt(name: str, error: Exception) -> GraphSpoilt:
    return GraphSpoilt(f"the server holds no usable graph {name!r}: {error}", remedy="run `gradatim kg push`")


async def read_content(connection: Connection, name: str, version: str) -> Content:
    """Read the concepts and misconceptions of a version.

    Raises:
        GraphServerError: They cannot be read, or make no sense.
    """
    which = {"graph": name, "version": version}
    topics = await connection.read(cypher.TOPICS, which, seconds=LOAD_SECONDS)
    concepts = await connection.read(cypher.CONCEPTS, which, seconds=LOAD_SECONDS)
    misconceptions = await connection.read(cypher.MISCONCEPTIONS, which, seconds=LOAD_SECONDS)
    # a large graph takes seconds to put together, in which others want answers
    return await asyncio.to_thread(_content, name, version, topics, concepts, misconceptions)


def _content(name: str, version: str, topics: Rows, concepts: Rows, misconceptions: Rows) -> Content:
    graph = ConceptGraph(
        name=name,
        topics=tuple(noun(Topic, found) for (found,) in topics),
        concepts=tuple(noun(Concept, found) for (found,) in concepts),
        misconceptions=tuple(noun(Misconception, found) for (found,) in misconceptions),
    )
    return Content.of(graph, version)


async def read_relations(connection: Connection, name: str, version: str) -> list[Relation]:
    """Read all relations of a version, in the order in which they were put there.

    Raises:
        GraphServerError: They cannot be read, or make no sense.
    """
    rows = await connection.read(cypher.RELATIONS, {"graph": name, "version": version}, seconds=LOAD_SECONDS)
    return await asyncio.to_thread(_relations, rows)


def _relations(rows: Rows) -> list[Relation]:
    rows.sort(key=lambda row: row[4] if isinstance(row[4], int) else 0)
    return decode((kind.lower(), [[source, target, weight]]) for kind, source, target, weight, _ in rows)


def decode(groups: Iterable[tuple[Any, Any]]) -> list[Relation]:
    """Relations from what the server returns: type, and lists of source, target and weight.

    Each relation comes once, even where two imports at a time have left it twice.

    Raises:
        GraphSpoilt: They are no relations.
    """
    found: dict[tuple[str, str, str], Relation] = {}
    for kind, edges in groups:
        for source, target, weight in edges:
            if not isinstance(weight, (int, float)) or not 0 < weight <= 1:
                raise GraphSpoilt(
                    f"the {kind} relation {source} → {target} has weight {weight!r}", remedy="run `gradatim kg push`"
                )
            found[kind, source, target] = Relation.model_construct(
                source=source, target=target, type=kind, weight=float(weight)
            )
    return list(found.values())

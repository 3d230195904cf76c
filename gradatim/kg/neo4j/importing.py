"""Putting graphs on the server: a new version beside the old one, then one switch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

from gradatim.domain import Noun
from gradatim.kg.neo4j import cypher
from gradatim.kg.neo4j.connection import Connection, Transaction
from gradatim.kg.neo4j.errors import GraphSpoilt
from gradatim.kg.neo4j.records import properties
from gradatim.kg.schema import ConceptGraph

GIVEN_UP_MS = 3_600_000
"""An import that has not ended after an hour is taken for dead, and what it left is removed."""
_ATTEMPTS = 3


async def put(connection: Connection, graph: ConceptGraph) -> None:
    """Put a graph on the server and make it the version in force; the schema has to be there.

    Whoever reads sees the old version until the last transaction and the new one from then on. What an import
    left that broke off is taken up. The version that was in force before stays, for those who are reading it;
    older ones are removed.

    Raises:
        GraphServerError: It did not work; the version in force is the same as before.
    """
    for _ in range(_ATTEMPTS):
        await _fill(connection, graph)
        if await _switch(connection, graph):
            await prune(connection, graph.name)
            return
        # Somebody removed this very version at the same time, or left something else in it.
        await remove(connection, graph.name, graph.version)
    raise GraphSpoilt(
        f"version {graph.version} of graph {graph.name!r} has not arrived whole in {_ATTEMPTS} tries",
        place=connection.server.place,
        remedy="see whether something else writes to this database",
    )


async def prune(connection: Connection, name: str) -> None:
    """Remove the versions of a graph that nobody can be reading any more."""
    rows = await connection.read(cypher.OLD, {"graph": name, "patience": GIVEN_UP_MS}, seconds=30.0)
    for (version,) in rows:
        await remove(connection, name, version)


async def drop(connection: Connection, name: str) -> None:
    """Remove a graph with all its versions; whoever asks for it finds none from the first moment on."""
    await _run(connection, cypher.REMOVE_HEAD, {"graph": name})
    for (version,) in await connection.read(cypher.ALL_VERSIONS, {"graph": name}, seconds=30.0):
        await remove(connection, name, version)


async def remove(connection: Connection, name: str, version: str) -> None:
    """Remove a version that is not in force. Ends early when somebody imports it again meanwhile."""
    which = {"graph": name, "version": version}
    await _run(connection, cypher.DROPPING, which)
    for query in cypher.REMOVE:
        while await _remove_some(connection, query, which):
            pass
    await _run(connection, cypher.FORGET_VERSION, which)


async def _fill(connection: Connection, graph: ConceptGraph) -> None:
    which = {"graph": graph.name, "version": graph.version}
    await _run(connection, cypher.BEGIN, which)
    await _batches(connection, cypher.PUT_TOPICS, which, _nodes(graph.topics, which))
    await _batches(connection, cypher.PUT_CONCEPTS, which, _nodes(graph.concepts, which))
    await _batches(connection, cypher.PUT_MISCONCEPTIONS, which, _nodes(graph.misconceptions, which))
    about = [{"id": item.id, "concept": concept} for item in graph.misconceptions for concept in item.concepts]
    await _batches(connection, cypher.PUT_ABOUT, which, about)
    for kind, query in cypher.PUT_RELATIONS.items():
        edges = [
            {"source": edge.source, "target": edge.target, "weight": float(edge.weight), "position": position}
            for position, edge in enumerate(graph.relations)
            if edge.type == kind
        ]
        await _batches(connection, query, which, edges)


async def _switch(connection: Connection, graph: ConceptGraph) -> bool:
    """Make a version the one in force, if it is there to the last relation."""
    which = {"graph": graph.name, "version": graph.version}
    wanted = [len(graph.topics), len(graph.concepts), len(graph.relations), len(graph.misconceptions)]

    async def work(transaction: Transaction) -> bool:
        state = await transaction.run(cypher.LOCK, which)
        if [found for (found,) in state] not in (["importing"], ["ready"]):
            return False
        counts = [(await transaction.run(query, which))[0][0] for query in cypher.COUNTS]
        if counts != wanted:
            return False
        await transaction.run(cypher.READY, which)
        await transaction.run(cypher.SWITCH, which)
        return True

    return await connection.write(work)


async def _remove_some(connection: Connection, query: LiteralString, which: Mapping[str, Any]) -> bool:
    """Remove some nodes of a version; whether there may be more."""

    async def work(transaction: Transaction) -> bool:
        state = await transaction.run(cypher.LOCK, which)
        if [found for (found,) in state] != ["dropping"]:
            return False
        rows = await transaction.run(query, which)
        return bool(rows and rows[0][0])

    return await connection.write(work)


async def _batches(
    connection: Connection, query: LiteralString, which: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> None:
    for start in range(0, len(rows), cypher.BATCH):
        await _run(connection, query, {**which, "rows": rows[start : start + cypher.BATCH]})


def _nodes(nouns: Sequence[Noun], which: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for position, item in enumerate(nouns):
        own = properties(item)
        found.append({"id": own["id"], "properties": {**own, **which, "position": position}})
    return found


async def _run(connection: Connection, query: LiteralString, parameters: Mapping[str, Any]) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(query, parameters)

    await connection.write(work)
